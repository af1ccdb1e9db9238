import { wordTable } from '../../../event/word-table.js';
import type { Raw } from '../../mapped.js';
import { clip, detail, object, text } from '../../record.js';

/** Ways to delete mail, from out of sight to beyond recovery by its owner. */
const DELETIONS: Readonly<Record<string, string>> = wordTable({ MoveToDeletedItems: 'to_bin', SoftDelete: 'soft', HardDelete: 'hard' });

/**
 * Subjects of messages that tell an owner of a theft: codes, new devices and sign-ins, changed passwords, alerts; and the bounces of what was
 * sent in their name. In the languages that most mailboxes speak.
 */
const NOTICE =
  /\b(security|verif\w+|sign[ -]?in|log[ -]?in|password|passcode|one[ -]time|2fa|mfa|two[ -]factor|2[ -]step|two[ -]step|authenticat\w+|unusual|suspicious|new device|undeliver\w+|delivery (?:status|has failed)|inbox rule|forwarding)\b|sicherheit|anmeld|passwort|kennwort|unzustellbar|s.curit.|connexion|mot de passe|seguridad|contrase.a|inicio de sesi.n|sicurezza|accesso/i;

const LONGEST_SUBJECT = 300;
const MOST_SUBJECTS = 200;

/**
 * Adds what a deletion of mail took away: how many messages, how far, from where, and whether one of them was a notice that its owner should have
 * seen. The subjects themselves stay in the mailbox.
 * @param action cleaned
 */
export function withDeletion(
  details: Record<string, string> | undefined,
  action: string,
  record: Raw,
  items: readonly unknown[],
): Record<string, string> | undefined {
  const deleted = DELETIONS[action];
  if (deleted === undefined) return details;
  const first = object(items[0]);
  let found = detail(details, 'deleted', deleted);
  found = detail(found, 'target', text(object(first?.['ParentFolder'])?.['Path']) ?? text(object(record['Folder'])?.['Path']));
  for (let i = 0; i < items.length && i < MOST_SUBJECTS; i++) {
    const subject = text((items[i] as Raw | null)?.['Subject']);
    if (subject !== undefined && NOTICE.test(clip(subject, LONGEST_SUBJECT))) return detail(found, 'is_notice', 'true');
  }
  return found;
}
