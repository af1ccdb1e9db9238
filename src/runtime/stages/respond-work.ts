import type { Finding } from '../../core/event/index.js';
import type { Respond } from '../../core/pipeline.js';
import { type DeadLetterOf, deadLetter } from '../kafka/dead-letter.js';
import { partitionOf } from '../kafka/murmur2.js';
import type { InRecord, OutRecord } from '../kafka/transport.js';
import type { Standing, Work } from '../task.js';
