import { createMapper } from '../../../../../src/core/normalize/index.js';
import { bytes } from '../../fixtures.js';

const map = createMapper();
const shared = (Operation: string, more: object) =>
  map(
    bytes({
      CreationTime: '2026-03-02T08:15:30',
      Id: '1a2b3c4d-5e6f-4708-8192-a3b4c5d6e7f8',
      OrganizationId: '7d0c3f52-9b7e-4a35-8a53-0f1d2c6b7e11',
      RecordType: 14,
      UserKey: '1003200012345678',
      UserType: 0,
      Workload: 'OneDrive',
      UserId: 'ana.lindqvist@fjord.example',
      ObjectId: 'https://fjord-my.sharepoint.com/personal/ana/Documents/plan.docx',
      Operation,
      ...more,
    }),
  ).records[0]?.mapped[0]?.details?.['is_external'];

test.each([
  ['AddedToSecureLink', 'Guest', 'kim@partner.example', 'true'],
  ['SharingSet', 'Guest', 'kim_partner.example#ext#@fjord.onmicrosoft.example', 'true'],
  ['SharingInvitationCreated', 'Guest', 'kim@partner.example', 'true'],
  ['AddedToGroup', 'Partner', 'kim@partner.example', 'true'],
  // SharePoint knows all domains of the organisation
  ['AddedToSecureLink', 'Member', 'kai@sound.example', undefined],
  ['SharingSet', 'SecurityGroup', 'Everyone except external users', undefined],
  ['SharingSet', undefined, 'kim@partner.example', 'true'],
  ['SharingSet', undefined, 'urn:spo:guest#kim@fjord.example', 'true'],
  ['SharingSet', undefined, 'tom@fjord.example', undefined],
  ['SharingSet', undefined, 'Project team', undefined],
  ['SharingSet', undefined, undefined, undefined],
  // the guest's own act, and the end of it
  ['SecureLinkUsed', 'Guest', 'kim@partner.example', undefined],
  ['SharingInvitationAccepted', 'Guest', 'kim@partner.example', undefined],
  ['RemovedFromSecureLink', 'Guest', 'kim@partner.example', undefined],
  ['SharingRevoked', 'Guest', 'kim@partner.example', undefined],
  // worse: everybody
  ['AnonymousLinkCreated', 'Guest', 'kim@partner.example', undefined],
])('%s with %s %s lets in somebody outside: %s', (operation, type, name, expected) => {
  expect(shared(operation, { TargetUserOrGroupType: type, TargetUserOrGroupName: name })).toBe(expected);
});
