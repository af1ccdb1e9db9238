import { stringify } from 'yaml';
import { formatDuration } from './duration.js';
import { deref, type Schema } from './schema.js';

/** The resolved configuration as a file that could be given back: texts as a person writes them, secrets masked. */
export function printConfig(config: object, schema: Schema): string {
  return stringify(plain(config, schema, schema), { lineWidth: 140 });
}

function plain(value: unknown, schema: Schema, root: Schema): unknown {
  const node = deref(schema, root);
  if (node['x-secret'] === true) return '********';
  if (Array.isArray(value)) return value.map((v) => (node.items === undefined ? v : plain(v, node.items, root)));
  if (typeof value === 'object' && value !== null) {
    const other = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
    return Object.fromEntries(
      Object.entries(value).map(([name, v]) => {
        const property = node.properties?.[name] ?? other;
        return [name, property === undefined ? v : plain(v, property, root)];
      }),
    );
  }
  if (typeof value === 'number' && node['x-kind'] === 'duration') return formatDuration(value);
  if (typeof value === 'number' && node['x-kind'] === 'time') return new Date(value).toISOString();
  return value;
}
