import { wordTable } from '../../../event/word-table.js';

/**
 * Roles that let their holder take over other people, the directory's sign-in rules or everybody's mail and files. Entra's are those that its
 * documentation labels privileged ("Microsoft Entra built-in roles", read in August 2026), and four more that reach all mail, all files, all
 * content searches or the rules for factors. Keys are template ids, the same in every directory; names serve where a log has no id.
 */
const ENTRA_ROLES: Readonly<Record<string, string>> = wordTable({
  '62e90394-69f5-4237-9190-012177145e10': 'global administrator',
  'e8611ab8-c189-46e8-94e1-60213ab1f814': 'privileged role administrator',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'privileged authentication administrator',
  'c4e39bd9-1100-46d3-8c65-fb160da0071f': 'authentication administrator',
  '25a516ed-2fa0-40ea-a2d0-12923a21473a': 'authentication extensibility administrator',
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3': 'application administrator',
  'cf1c38e5-3621-4004-a7cb-879624dced7c': 'application developer',
  '158c047a-c907-4556-b7ef-446551a6b5f7': 'cloud application administrator',
  '7698a772-787b-4ac8-901f-60d6b08affd2': 'cloud device administrator',
  'ecb2c6bf-0ab6-418e-bd87-7986f8d63bbe': 'attribute provisioning administrator',
  'aaf43236-0c0d-4d5f-883a-6955382ac081': 'b2c ief keyset administrator',
  'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9': 'conditional access administrator',
  '9360feb5-f418-4baa-8175-e2a00bac4301': 'directory writers',
  'd29b2b05-8046-44ba-8758-1e26182fcf32': 'directory synchronization accounts',
  '8329153b-31d0-4727-b945-745eb3bc5f31': 'domain name administrator',
  'be2f45a1-457d-42af-a067-6ec1fa63bc45': 'external identity provider administrator',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'global reader',
  '729827e3-9c14-49f7-bb1b-9608f156bbb8': 'helpdesk administrator',
  '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2': 'hybrid identity administrator',
  '3a2c62db-5318-420d-8d74-23affee5d9d5': 'intune administrator',
  '59d46f88-662b-457b-bceb-5c3809e5908f': 'lifecycle workflows administrator',
  '4ba39ca4-527c-499a-b93d-d9b492c50246': 'partner tier1 support',
  'e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8': 'partner tier2 support',
  '966707d0-3269-4727-9be2-8c3a10f19b9d': 'password administrator',
  '194ae4cb-b126-40b2-bd5b-6091b380977d': 'security administrator',
  '5f2222b1-57c3-48ba-8ad5-d4759f1fde6f': 'security operator',
  '5d6b6bb7-de71-4623-b4af-96380a352509': 'security reader',
  'fe930be7-5e62-47db-91af-98c3a49a38b1': 'user administrator',
  '0526716b-113d-4c15-b2c8-68e3c22b9f80': 'authentication policy administrator',
  '29232cdf-9323-42fd-ade2-1d097af3e4de': 'exchange administrator',
  'f28a1f50-f6e7-4571-818b-6a12f2af6b6c': 'sharepoint administrator',
  '17315797-102d-40b4-93e0-432062caca18': 'compliance administrator',
});

/** Names that no template id stands for: older names of Entra's roles, and those of Azure, Exchange, the compliance centre and Okta. */
const OTHER_ROLES = [
  'company administrator',
  'tenantadmins',
  'helpdesk (password) administrator',
  'user account administrator',
  'exchange service administrator',
  'sharepoint service administrator',
  'user access administrator',
  'applicationimpersonation',
  'mailbox import export',
  'mailbox search',
  'role management',
  'organization management',
  'organizationmanagement',
  'discovery management',
  'ediscovery manager',
  'ediscoverymanager',
  'ediscovery administrator',
  // Okta's standard roles, but for those that only read
  'super administrator',
  'organization administrator',
  'group administrator',
  'group membership administrator',
  'help desk administrator',
  'api access management administrator',
];

const NAMES = new Set([...Object.values(ENTRA_ROLES), ...OTHER_ROLES]);

/**
 * @param uid template id in lower case
 * @param name name of the role, or several with commas between; what stands in brackets behind a name is its reach
 */
export function isPrivilegedRole(uid: string | undefined, name: string | undefined): boolean {
  if (uid !== undefined && Object.hasOwn(ENTRA_ROLES, uid)) return true;
  if (name === undefined) return false;
  return name
    .toLowerCase()
    .split(',')
    .some((one) => NAMES.has(one.trim()) || NAMES.has(one.replace(/\([^)]*\)/g, '').trim()));
}
