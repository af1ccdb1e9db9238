import { wordTable } from '../../../event/word-table.js';

/** What a call does to what an organisation runs and keeps, where its name says so. */
export interface Work {
  kind: string;
  effect: string;
}

/** By kind and effect. What is there for a moment, as tasks of a batch or objects of a store, is nothing to be told. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'compute created': [
    'ec2:RunInstances',
    'ec2:CreateFleet',
    'ec2:RequestSpotInstances',
    'ec2:RequestSpotFleet',
    'autoscaling:CreateAutoScalingGroup',
    'ecs:CreateService',
    'ecs:RunTask',
    'eks:CreateNodegroup',
    'lightsail:CreateInstances',
    'sagemaker:CreateNotebookInstance',
    'sagemaker:CreateTrainingJob',
  ],
  'command created': [
    'ssm:SendCommand',
    'ssm:StartSession',
    'ssm:StartAutomationExecution',
    'ssm:CreateAssociation',
    'ecs:ExecuteCommand',
    'lambda:CreateFunction',
    'lambda:UpdateFunctionCode',
  ],
  'model created': [
    'bedrock:InvokeModel',
    'bedrock:InvokeModelWithResponseStream',
    'bedrock:Converse',
    'bedrock:ConverseStream',
    'bedrock:StartAsyncInvoke',
    'bedrock:CreateModelInvocationJob',
    // let the account at a model that it never had
    'bedrock:PutFoundationModelEntitlement',
    'bedrock:CreateFoundationModelAgreement',
    'bedrock:PutUseCaseForModelAccess',
  ],
  'compute deleted': [
    'ec2:TerminateInstances',
    'autoscaling:DeleteAutoScalingGroup',
    'ecs:DeleteCluster',
    'eks:DeleteCluster',
    'lambda:DeleteFunction',
    'lightsail:DeleteInstance',
  ],
  'storage deleted': [
    's3:DeleteBucket',
    'ec2:DeleteVolume',
    'ec2:DeleteSnapshot',
    'elasticfilesystem:DeleteFileSystem',
    'fsx:DeleteFileSystem',
    'ecr:DeleteRepository',
    'glacier:DeleteVault',
  ],
  'database deleted': [
    'rds:DeleteDBInstance',
    'rds:DeleteDBCluster',
    'rds:DeleteGlobalCluster',
    'rds:DeleteDBSnapshot',
    'rds:DeleteDBClusterSnapshot',
    'dynamodb:DeleteTable',
    'dynamodb:DeleteBackup',
    'redshift:DeleteCluster',
    'es:DeleteDomain',
    'es:DeleteElasticsearchDomain',
    'elasticache:DeleteCacheCluster',
    'elasticache:DeleteReplicationGroup',
  ],
  'repository deleted': ['codecommit:DeleteRepository'],
};

const BY_SERVICE: Readonly<Record<string, Readonly<Record<string, Work>>>> = byService();

function byService(): Readonly<Record<string, Readonly<Record<string, Work>>>> {
  const found: Record<string, Record<string, Work>> = {};
  for (const [work, calls] of Object.entries(NAMES)) {
    const [kind = '', effect = ''] = work.split(' ');
    for (const call of calls) {
      const [service = '', name = ''] = call.split(':');
      found[service] = { ...found[service], [name]: { kind, effect } };
    }
  }
  return wordTable(Object.fromEntries(Object.entries(found).map(([service, works]) => [service, wordTable(works)])));
}

/** @param name as `plainName` gives it */
export function awsWork(service: string, name: string): Work | undefined {
  return BY_SERVICE[service]?.[name];
}
