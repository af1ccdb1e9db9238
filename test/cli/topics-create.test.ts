import { notMade } from '../../src/cli/topics-create.js';

const BROKERS = ['a:9092'];
const denied = Object.assign(new Error('The client is not authorized to access this topic'), {
  code: 29,
  type: 'TOPIC_AUTHORIZATION_FAILED',
});

test('who may not make a topic reads which right it takes, and of all of them at once', () => {
  const error = notMade(
    [
      { topic: 'ours-events', error: denied },
      { topic: 'findings', error: denied },
    ],
    BROKERS,
  );
  expect(error.code).toBe('SV_KAFKA_DENIED');
  expect(error.message).toBe(
    'ours-events could not be made: The client is not authorized to access this topic (a:9092); findings could not be made: The client is not ' +
      'authorized to access this topic (a:9092); it takes the right Create on the topic or on the cluster',
  );
});

test('what a broker says against the settings is told as it says it', () => {
  const error = notMade(
    [{ topic: 'events', error: Object.assign(new Error('out of'), { errors: [new Error('Session is over')] }) }],
    BROKERS,
  );
  expect([error.code, error.message]).toEqual(['SV_KAFKA_TOPIC_WRONG', 'events could not be made: Session is over']);
});
