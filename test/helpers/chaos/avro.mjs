// @ts-check
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Names that Avro can have: whoever writes Avro leaves the others out. */
const NAME = /^[A-Za-z_]\w*$/;

/** Writes records as a connector would that takes its schema from what it sees: every shape of record is a schema in the registry. */
export class AvroWriter {
  /** @type {any} */
  #Type;
  /** @type {any} */
  #registry;
  #subject;
  /** @type {Map<string, { id: number; type: any }>} schema as text -> the schema */
  #shapes = new Map();
  /** @type {Map<string, { id: number; type: any }>} record -> its schema */
  #known = new Map();

  /** @param {{ root: string; url: string; subject: string }} options root: of the package */
  constructor({ root, url, subject }) {
    const load = createRequire(join(root, 'package.json'));
    this.#Type = load('avsc').Type;
    const { connectRegistry } = load('./dist/runtime/kafka/registry/connect.js');
    const { Registry } = load('./dist/runtime/kafka/registry/registry.js');
    const connect = (/** @type {AbortSignal} */ signal) => connectRegistry({ urls: [url], tls: { insecure_skip_verify: false } }, signal);
    this.#registry = new Registry({ connect, watch: { asked() {}, trouble() {} } });
    this.#subject = subject;
  }

  /** Makes its shape known to the registry. @param {string} template a record in JSON */
  async learn(template) {
    const schema = named(this.#Type.forValue(withoutOddNames(JSON.parse(template))).schema({ exportAttrs: true }), { next: 0 });
    const shape = JSON.stringify(schema);
    const known = this.#shapes.get(shape) ?? {
      id: await this.#registry.register(`${this.#subject}-${this.#shapes.size}`, schema),
      type: this.#Type.forSchema(schema),
    };
    this.#shapes.set(shape, known);
    this.#known.set(template, known);
  }

  /**
   * With the id of its schema in front, as Confluent's programs write it.
   * @param {string} text a record in JSON @param {string} template one of the same shape, which was learned @returns {Buffer}
   */
  encode(text, template) {
    const known = this.#known.get(template);
    if (known === undefined) throw new Error(`no schema for ${text}`);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(known.id, 1);
    return Buffer.concat([head, known.type.toBuffer(withoutOddNames(JSON.parse(text)))]);
  }

  close() {
    this.#registry.close();
  }
}

/** @param {any} value @returns {any} */
function withoutOddNames(value) {
  if (Array.isArray(value)) return value.map(withoutOddNames);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).filter(([name]) => NAME.test(name));
  return Object.fromEntries(fields.map(([name, inner]) => [name, withoutOddNames(inner)]));
}

/** Records that were inferred have no names. @param {any} schema @param {{ next: number }} count @returns {any} */
function named(schema, count) {
  if (Array.isArray(schema)) return schema.map((one) => named(one, count));
  if (schema === null || typeof schema !== 'object') return schema;
  if (schema.type === 'record') {
    const name = `Part${count.next++}`;
    return { ...schema, name, fields: schema.fields.map((/** @type {any} */ field) => ({ ...field, type: named(field.type, count) })) };
  }
  return { ...schema, type: named(schema.type, count), ...('items' in schema ? { items: named(schema.items, count) } : {}) };
}
