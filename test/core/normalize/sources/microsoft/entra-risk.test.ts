import { createEntraMapper } from '../../../../../src/core/normalize/sources/microsoft/entra.js';
import { fixture } from '../../fixtures.js';

const hub = fixture('entra', 'risk-detection').input;
const properties = hub['properties'] as Record<string, unknown>;
const map = (changes: Record<string, unknown>) => createEntraMapper().map({ ...hub, properties: { ...properties, ...changes } })[0]!;

test('a detection that was changed is an event of its own, at the time of the change', () => {
  const first = map({});
  const later = map({
    riskState: 'dismissed',
    riskDetail: 'adminDismissedAllRiskForUser',
    lastUpdatedDateTime: '2026-03-03T09:00:00.000Z',
  });
  expect(later).toMatchObject({
    id: 'f7b8c9d0e1f2@1772528400000',
    time: Date.UTC(2026, 2, 3, 9),
    status_detail: 'adminDismissedAllRiskForUser',
    details: { risk_state: 'dismissed', request_uid: 'd4e5f607-1829-4a3b-8c4d-5e6f70819200' },
  });
  expect(later.id).not.toBe(first.id);
});

test('one that says not when it was written is known by its own id, at the time of the detection', () => {
  expect(map({ lastUpdatedDateTime: undefined })).toMatchObject({ id: 'f7b8c9d0e1f2', time: Date.UTC(2026, 2, 2, 14, 0, 1) });
  expect(map({ lastUpdatedDateTime: undefined, detectedDateTime: undefined }).time).toBe(Date.UTC(2026, 2, 2, 8, 15, 30, 250));
});
