import { Metrics } from '../../src/metrics.js';
import type { Transport } from '../../src/runtime/kafka/transport.js';
import { Service, type ServiceOptions } from '../../src/runtime/service.js';

/** As far as it is looked at before Kafka has answered. */
function serviceOn(transport: Partial<Transport>): Service {
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const kafka = { max_in_flight_bytes: 1, sources: [] };
  const judgement = { detecting: { config_digest: 'd' } };
  const options = { kafka, judgement, transport, stages: ['normalize', 'detect', 'respond'], metrics: new Metrics(), log };
  return new Service({ ...options, elapsed: () => 0, now: () => 0 } as unknown as ServiceOptions);
}

describe('readiness', () => {
  it('is not there before every stage is', () => {
    const service = serviceOn({ admin: () => new Promise(() => {}) });
    expect(service.unreadyReason).toBe('starting');
    service.start().catch(() => {});
    expect(service.unreadyReason).toBe('starting');
    expect(service.status()['ready']).toBe(false);
  });
});
