import { isAlert, mapAlert } from '../../../../../src/core/normalize/sources/google/google-alert.js';

const ALERT = {
  alertId: '1',
  customerId: '04fjord7',
  createTime: '2026-03-02T08:00:00Z',
  updateTime: '2026-03-02T08:15:30Z',
  type: 'Leaked password',
  source: 'Google identity',
  data: { email: 'ola@fjord.example' } as object,
  metadata: { severity: 'MEDIUM', status: 'CLOSED' } as object | undefined,
};

test('an alert has all of its own parts', () => {
  expect(isAlert(ALERT)).toBe(true);
  for (const key of ['alertId', 'customerId', 'type', 'source', 'data']) expect(isAlert({ ...ALERT, [key]: undefined })).toBe(false);
});

test('each change of an alert is an event; the customer is written as in the other logs', () => {
  expect(mapAlert(ALERT, 'default')).toMatchObject({ id: '1@1772439330000', account: 'C04fjord7', activity: 'vendor_risk' });
  expect(mapAlert({ ...ALERT, customerId: 'C04fjord7' }, 'default').account).toBe('C04fjord7');
  expect(mapAlert(ALERT, 'default').details).toMatchObject({ risk_state: 'closed', alert_name: 'Leaked password' });
  expect(mapAlert(ALERT, 'default').risk).toEqual({ level: 'medium', reasons: ['Google identity'] });
  expect(mapAlert({ ...ALERT, metadata: undefined }, 'default').risk?.level).toBe('unknown');
});

test('whom it is about', () => {
  const people = (data: object) => {
    const { principal, targets } = mapAlert({ ...ALERT, data }, 'default');
    return [principal, ...(targets ?? [])].map((one) => one.email ?? one.uid);
  };
  expect(people({ actorEmail: 'ingrid@fjord.example', superAdminPasswordResetEvent: { userEmail: 'ola@fjord.example' } })).toEqual([
    'ingrid@fjord.example',
    'ola@fjord.example',
  ]);
  expect(people({ ruleViolationInfo: { triggeringUserEmail: 'ola@fjord.example' } })).toEqual(['ola@fjord.example']);
  expect(people({ affectedUserEmails: ['a@fjord.example', 'string', 'a@fjord.example'] })).toEqual(['a@fjord.example']);
  expect(people({})).toEqual(['alert_center']);
});
