import { wordTable } from '../../../event/word-table.js';

/** What a method does to what a project runs and keeps, where its name says so. */
export interface GcpWork {
  kind: string;
  effect: string;
}

/** By kind and effect: ends of methods in small letters, behind their service. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  'compute created': [
    'compute:instances.insert',
    'compute:instances.bulkinsert',
    'compute:instancegroupmanagers.insert',
    'container:clustermanager.createcluster',
    'container:clustermanager.createnodepool',
    'notebooks:notebookservice.createinstance',
  ],
  'command created': [
    'k8s:exec.create',
    'cloudfunctions:cloudfunctionsservice.createfunction',
    'cloudfunctions:cloudfunctionsservice.updatefunction',
    'cloudfunctions:functionservice.createfunction',
    'cloudfunctions:functionservice.updatefunction',
    'run:services.createservice',
    'run:services.replaceservice',
    'osconfig:osconfigservice.executepatchjob',
  ],
  'model created': [
    'aiplatform:predictionservice.predict',
    'aiplatform:predictionservice.rawpredict',
    'aiplatform:predictionservice.streamrawpredict',
    'aiplatform:predictionservice.generatecontent',
    'aiplatform:predictionservice.streamgeneratecontent',
  ],
  'compute deleted': [
    'compute:instances.delete',
    'compute:instancegroupmanagers.delete',
    'container:clustermanager.deletecluster',
    'cloudfunctions:cloudfunctionsservice.deletefunction',
    'cloudfunctions:functionservice.deletefunction',
  ],
  'storage deleted': [
    'storage:buckets.delete',
    'compute:disks.delete',
    'compute:snapshots.delete',
    'file:cloudfilestoremanager.deleteinstance',
  ],
  'database deleted': [
    'cloudsql:instances.delete',
    'bigquery:datasetservice.deletedataset',
    'bigquery:datasetservice.delete',
    'bigquery:tableservice.deletetable',
    'spanner:databaseadmin.dropdatabase',
    'spanner:instanceadmin.deleteinstance',
  ],
  'project deleted': ['cloudresourcemanager:deleteproject', 'cloudresourcemanager:projects.deleteproject'],
};

const BY_METHOD: Readonly<Record<string, GcpWork>> = wordTable(
  Object.fromEntries(
    Object.entries(METHODS).flatMap(([work, methods]) => {
      const [kind = '', effect = ''] = work.split(' ');
      return methods.map((method) => [method, { kind, effect }] as const);
    }),
  ),
);

const LONGEST_METHOD = 200;

/** Methods end in a resource and a verb, or in an interface and what it is asked for. @param service its name up to the first dot, as `gcpActivity` takes it */
export function gcpWork(service: string, method: string): GcpWork | undefined {
  if (method.length > LONGEST_METHOD) return undefined;
  const end = method.slice(method.lastIndexOf('.', method.lastIndexOf('.') - 1) + 1);
  return BY_METHOD[`${service}:${end.toLowerCase()}`];
}
