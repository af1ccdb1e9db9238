import { readEnvironment, variableOf } from '../../src/config/environment.js';
import { openSchema } from '../../src/config/schema.js';

const { schema } = openSchema('config');
const read = (env: Record<string, string>) => readEnvironment(env, schema);

test('texts stand as they are, the rest is YAML', () => {
  expect(
    read({ SESSIONVIGIL_TENANT: '007', SESSIONVIGIL_RULES_DISABLED: '[a, b]', SESSIONVIGIL_INPUT_MAX_RECORD_BYTES: '4096', HOME: '/x' })
      .values,
  ).toEqual([
    { from: 'environment', name: 'SESSIONVIGIL_INPUT_MAX_RECORD_BYTES', path: ['input', 'max_record_bytes'], value: 4096 },
    { from: 'environment', name: 'SESSIONVIGIL_RULES_DISABLED', path: ['rules', 'disabled'], value: ['a', 'b'] },
    { from: 'environment', name: 'SESSIONVIGIL_TENANT', path: ['tenant'], value: '007' },
  ]);
});

test('a variable that is no key is a problem, with the nearest key', () => {
  expect(read({ SESSIONVIGIL_TENNANT: 'x', SESSIONVIGIL_RULES_DISABLED: '[a' }).problems).toEqual([
    { file: 'environment', path: 'SESSIONVIGIL_RULES_DISABLED', message: expect.stringContaining('no YAML') },
    { file: 'environment', path: 'SESSIONVIGIL_TENNANT', message: expect.stringContaining('did you mean "SESSIONVIGIL_TENANT"?') },
  ]);
});

test('what Kubernetes puts into the environment for a Service named after us is none of ours', () => {
  const env = {
    SESSIONVIGIL_SERVICE_HOST: '10.0.0.1',
    SESSIONVIGIL_SERVICE_PORT: '9090',
    SESSIONVIGIL_SERVICE_PORT_METRICS: '9090',
    SESSIONVIGIL_PORT: 'tcp://10.0.0.1:9090',
    SESSIONVIGIL_PORT_9090_TCP: 'tcp://10.0.0.1:9090',
    SESSIONVIGIL_PORT_9090_TCP_PROTO: 'tcp',
    SESSIONVIGIL_METRICS_PORT_9090_TCP_ADDR: '10.0.0.1',
    SESSIONVIGIL_CONFIG: '/etc/sessionvigil.yml',
  };
  expect(read(env)).toEqual({ values: [], problems: [] });
});

test('names', () => {
  expect(variableOf(['state', 'session_idle'])).toBe('SESSIONVIGIL_STATE_SESSION_IDLE');
});
