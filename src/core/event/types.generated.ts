// Generated from schemas/*.avsc and schemas/vocabulary.json by scripts/generate-types.mjs: do not edit.
// However long, one file: all that the schemas say, in their order.

export const ACTIVITY = ['sign_in', 'token_issue', 'session_use', 'sign_out', 'session_revoke', 'credential_change', 'recovery', 'mfa_change', 'inbox_rule', 'mail_forwarding', 'mailbox_delegation', 'mail_access', 'mail_send', 'oauth_consent', 'app_credential', 'api_key', 'role_grant', 'policy_change', 'device_register', 'impersonation', 'data_export', 'audit_tamper', 'vendor_risk', 'other'] as const;
export type Activity = (typeof ACTIVITY)[number];

export const EVENT_STATUS = ['success', 'failure', 'interrupted', 'unknown'] as const;
export type EventStatus = (typeof EVENT_STATUS)[number];

export const SUBJECT_ROLE = ['actor', 'target'] as const;
export type SubjectRole = (typeof SUBJECT_ROLE)[number];

export const TIER = ['vip', 'admin', 'shared', 'service', 'break_glass'] as const;
export type Tier = (typeof TIER)[number];

export const PRINCIPAL_TYPE = ['human', 'service', 'workload', 'agent', 'system', 'unknown'] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPE)[number];

export const CONFIDENCE = ['high', 'medium', 'low', 'surrogate'] as const;
export type Confidence = (typeof CONFIDENCE)[number];

export const DEVICE_EVIDENCE = ['observed', 'claimed'] as const;
export type DeviceEvidence = (typeof DEVICE_EVIDENCE)[number];

export const ADDRESS_CLASS = ['public', 'private', 'cgnat', 'loopback', 'link_local', 'documentation', 'vendor_service', 'hostname', 'invalid', 'withheld'] as const;
export type AddressClass = (typeof ADDRESS_CLASS)[number];

export const NETWORK_CLASS = ['access', 'mobile', 'hosting', 'vpn', 'tor', 'relay', 'satellite', 'sase', 'education', 'unknown'] as const;
export type NetworkClass = (typeof NETWORK_CLASS)[number];

export const CLIENT_KIND = ['browser', 'native', 'library', 'unknown'] as const;
export type ClientKind = (typeof CLIENT_KIND)[number];

export const FORM_FACTOR = ['desktop', 'mobile', 'tablet', 'server', 'unknown'] as const;
export type FormFactor = (typeof FORM_FACTOR)[number];

export const LANE = ['browser', 'native', 'mail', 'cli', 'app'] as const;
export type Lane = (typeof LANE)[number];

export const LEVEL = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVEL)[number];

export const FINDING_STATUS = ['new', 'updated', 'suppressed', 'retracted', 'closed'] as const;
export type FindingStatus = (typeof FINDING_STATUS)[number];

export const FINDING_TYPE = ['session_reuse', 'session_mint', 'impossible_travel', 'token_reuse', 'post_compromise', 'use_after_revocation', 'use_after_sign_out', 'outlived_reset', 'recovery_minted_session', 'privileged_context_change', 'new_country', 'new_network', 'new_device', 'anonymizer', 'nhi_egress', 'agent_overreach', 'vendor_risk', 'app_consent'] as const;
export type FindingType = (typeof FINDING_TYPE)[number];

export const EVIDENCE_ROLE = ['baseline', 'trigger', 'context'] as const;
export type EvidenceRole = (typeof EVIDENCE_ROLE)[number];

export const ACTION = ['revoke_session', 'revoke_user_sessions', 'revoke_token', 'revoke_grant', 'disable_credential', 'rotate_credential', 'suspend_agent', 'require_reauth', 'step_up', 'mark_user_risky', 'hold_access', 'release_access', 'remove_mail_rule', 'remove_forwarding', 'remove_delegation', 'remove_mfa_method', 'remove_device', 'block_sign_in', 'notify_user', 'cancel'] as const;
export type Action = (typeof ACTION)[number];

export const MODE = ['shadow', 'manual', 'auto'] as const;
export type Mode = (typeof MODE)[number];

export const SCOPE = ['token', 'session', 'client', 'user', 'tenant'] as const;
export type Scope = (typeof SCOPE)[number];

export const DIMENSION = ['place_network', 'device', 'client', 'sequence', 'token', 'credential'] as const;
export type Dimension = (typeof DIMENSION)[number];

export const MARK_KIND = ['sign_out', 'session_revoke', 'credential_change', 'recovery', 'mfa_change', 'key_end', 'key_begin', 'key_issue', 'job_end'] as const;
export type MarkKind = (typeof MARK_KIND)[number];

export const SESSION_MINT = ['interactive', 'recovery', 'device_code', 'unknown'] as const;
export type SessionMint = (typeof SESSION_MINT)[number];

export interface Source {
  /** okta, entra, m365, ... */
  vendor: string;
  /** The log within the vendor: system_log, sign_in, audit, graph_activity, risk, exchange, ... */
  product: string;
  /** The vendor's own organisation or directory; `default` when the log does not say. */
  account: string;
}

export interface Principal {
  /** `<tenant>/<canonical id>`: one person, one key, across vendors. */
  key: string;
  type: PrincipalType;
  /** The vendor's own id of the principal. */
  uid?: string | undefined;
  /** Address or user principal name, lower-cased. */
  email?: string | undefined;
  /** Display name, for people to read. */
  name?: string | undefined;
  /** Key of the person for whom an agent or service acts, as the vendor asserts it. */
  on_behalf_of?: string | undefined;
  /** guest, partner, shared, ... */
  tags?: string[] | undefined;
}

export interface Endpoint {
  /** Canonical address (RFC 5952 for IPv6); absent for hostnames and of class `withheld`. */
  ip?: string | undefined;
  /** What stood in the address field when it is no address. */
  hostname?: string | undefined;
  class: AddressClass;
  /** /24 for IPv4, /64 for IPv6: what `the same place on the network` means. */
  prefix?: string | undefined;
  /** ISO 3166-1 alpha-2. Of class `withheld` it is all that the log tells, and the vendor's own word. */
  country?: string | undefined;
  region?: string | undefined;
  city?: string | undefined;
  /** Degrees; absent when only the country is known. */
  lat?: number | undefined;
  /** Degrees. */
  long?: number | undefined;
  /** Accuracy radius, km. */
  radius_km?: number | undefined;
  /** Autonomous system number. */
  asn?: number | undefined;
  as_org?: string | undefined;
  as_class?: NetworkClass | undefined;
}

export interface UserAgent {
  /** As logged, at most 512 characters. */
  original: string;
  kind: ClientKind;
  /** chrome, edge, firefox, safari, outlook, python-requests, ... */
  family?: string | undefined;
  /** Major version; absent when unknown or scrubbed. */
  major?: number | undefined;
  /** OS family: windows, macos, linux, ios, android, chromeos. */
  os?: string | undefined;
  form_factor?: FormFactor | undefined;
}

export interface Device {
  /** Managed device id. */
  uid?: string | undefined;
  /** `claimed`: the id travels inside the token and proves nothing. */
  evidence: DeviceEvidence;
  /** Hash of the browser's device cookie. */
  cookie_uid?: string | undefined;
  name?: string | undefined;
  /** OS family as the vendor reports it. */
  os?: string | undefined;
  is_managed?: boolean | undefined;
  is_compliant?: boolean | undefined;
}

/** On a target event: who did it, and from where. */
export interface Actor {
  principal?: Principal | undefined;
  src_endpoint?: Endpoint | undefined;
  user_agent?: UserAgent | undefined;
  device?: Device | undefined;
}

export interface SessionRef {
  /** Opaque, case kept. */
  uid: string;
  /** The root authentication that groups child sessions. */
  root_uid?: string | undefined;
  /** The identity provider that minted it: `entra:<directory>`, `okta:<org>`, ... */
  issuer: string;
  /** How surely the id is one session. `low`: ties events together, and is not judged. `surrogate`: ours, put together of a person and a device or app; it is judged, but comes back after every new sign-in, so that no end ends it. */
  confidence: Confidence;
  created_time?: number | undefined;
}

export interface TokenRef {
  /** Id or hash of the credential; never the secret. */
  uid: string;
  /** uti, hashed_token, access_key_id, api_token, refresh_token, ... */
  kind: string;
  /** The vendor says that it is bound to a device key. */
  is_bound?: boolean | undefined;
  /** Subject to continuous access evaluation. */
  is_cae?: boolean | undefined;
  issued_time?: number | undefined;
  expires_time?: number | undefined;
}

/** The OAuth client, which is not the app or resource reached. */
export interface ClientRef {
  uid?: string | undefined;
  name?: string | undefined;
}

export interface Tls {
  ja4: string;
}

export interface NamedRef {
  uid?: string | undefined;
  name?: string | undefined;
}

export interface Auth {
  /** oauth2, saml20, device_code, ropc, ... */
  protocol?: string | undefined;
  method?: string | undefined;
  is_mfa?: boolean | undefined;
  /** primary_refresh_token, refresh_token, saml20, ... */
  incoming_token?: string | undefined;
  keep_signed_in?: boolean | undefined;
}

/** The vendor's own judgement. */
export interface VendorRisk {
  level: string;
  reasons: string[];
}

/** Versions of the data used. */
export interface Enrichment {
  geo: string;
  networks: string;
  identities: string;
}

/** One thing that one subject did, or had done to it, in our vocabulary. Times are UTC epoch milliseconds; absent means absent. */
export interface SessionEvent {
  /** Version of this contract; 1 so far. */
  schema_version: number;
  /** The operator's organisation; tenants never share anything. */
  tenant: string;
  /** `<vendor>:<account>:<vendor's event id>`, then `#n` for one of several and `#target` for the subject's copy. */
  uid: string;
  /** When it happened, ms. */
  time: number;
  /** When it reached us, ms: the Kafka record's time, or in files the running maximum of event time. */
  arrival_time: number;
  /** How exact the vendor's clock is, ms; absent means 1. */
  time_precision_ms?: number | undefined;
  source: Source;
  /** `target` on the copy for whom it was done to. */
  subject_role: SubjectRole;
  actor?: Actor | undefined;
  /** The vendor's own action name, cleaned. */
  action: string;
  activity: Activity;
  status: EventStatus;
  /** The vendor's reason or code. */
  status_detail?: string | undefined;
  /** The event places a person; false for a server acting for one. */
  is_presence: boolean;
  principal: Principal;
  session?: SessionRef | undefined;
  token?: TokenRef | undefined;
  device?: Device | undefined;
  client?: ClientRef | undefined;
  src_endpoint?: Endpoint | undefined;
  user_agent?: UserAgent | undefined;
  tls?: Tls | undefined;
  app?: NamedRef | undefined;
  resource?: NamedRef | undefined;
  auth?: Auth | undefined;
  /** forward_to, rule_name, role, scopes, target, ...: docs/fields.md names the keys of each activity. */
  details?: Record<string, string> | undefined;
  risk?: VendorRisk | undefined;
  /** The vendor's id that ties the records of one act. */
  correlation_uid?: string | undefined;
  enrichment: Enrichment;
}

export interface RuleRef {
  uid: string;
  title: string;
  version: number;
}

/** What hid a finding. */
export interface Suppression {
  /** Id of the entry; `<rule>/<id>` when it stands in a rule. */
  by: string;
  /** Who answers for it. */
  owner: string;
  reason: string;
  /** When the entry expires: a revision that arrives from then on is shown again. */
  until_time?: number | undefined;
  /** The finding is high or critical: its entry was written to hide such. */
  hides_high: boolean;
}

export interface Factor {
  name: string;
  /** Within one dimension the largest counts; across dimensions they add. */
  dimension: Dimension;
  points: number;
  before?: string | undefined;
  after?: string | undefined;
  text: string;
}

export interface Evidence {
  event_uid: string;
  role: EvidenceRole;
  time: number;
  vendor: string;
  action: string;
  src_endpoint?: Endpoint | undefined;
  /** As logged. */
  user_agent?: string | undefined;
  /** Device id, with `observed` or `claimed`. */
  device?: string | undefined;
  /** OAuth client through which it was done. */
  client_uid?: string | undefined;
  /** Uid of the event whose comparison it is part of: the trigger, or another one that alone would have made the finding, which names itself. Absent: what the trigger is compared with, or an act of consequence. */
  of?: string | undefined;
}

export interface Travel {
  distance_km: number;
  /** Distance less both accuracy radii. */
  distance_lower_bound_km: number;
  gap_ms: number;
  speed_kmh: number;
  from: string;
  to: string;
}

export interface Proposal {
  action: Action;
  scope: Scope;
}

/** What we say of one session or journey, with the evidence for it. A later revision of the same uid replaces the earlier. */
export interface Finding {
  schema_version: number;
  tenant: string;
  /** Hash of rule, principal, subject and episode: the same whatever the order of arrival. */
  uid: string;
  /** 1 for the first; each later one replaces it. */
  revision: number;
  /** The revision that this one replaces. */
  supersedes?: number | undefined;
  /** One per theft: findings of one principal that share a session, an event, where the thief came from, or with what. */
  incident_uid: string;
  /** Level of the strongest finding of the incident. When it changes, the findings that can still change are said again. */
  incident_level: Level;
  /** A built-in finding type, or a team's own. */
  type: string;
  rule: RuleRef;
  /** Digest of rules, lists, limits and shipped data that judged. */
  config_digest: string;
  level: Level;
  /** 0-100; the level follows from it by one table, capped by the rule. */
  score: number;
  status: FindingStatus;
  suppressed?: Suppression | undefined;
  /** When this finding was first made: the arrival of the event that made it, ms. */
  time: number;
  /** Event time of the first event that was worth reporting, ms. */
  first_seen_time: number;
  /** Event time of the latest event that was worth reporting when this revision was said, ms. */
  last_seen_time: number;
  trigger_event_uid: string;
  /** Arrival minus event time of the trigger. */
  lateness_ms: number;
  principal: Principal;
  session?: SessionRef | undefined;
  token?: TokenRef | undefined;
  /** One sentence that a person understands. */
  message: string;
  factors: Factor[];
  evidence: Evidence[];
  travel?: Travel | undefined;
  proposed?: Proposal | undefined;
  /** The team or person that answers for whom or what it is about, by the declaration of the agent or partner, else by the file of identities. */
  owner?: string | undefined;
  /** Who answers for the rule. */
  rule_owners?: string[] | undefined;
  /** What frameworks call what the rule finds: ATT&CK techniques, OWASP's list of non-human identities. */
  rule_tags?: string[] | undefined;
}

export interface TargetUser {
  uid?: string | undefined;
  email?: string | undefined;
  /** `<issuer> <subject>` for receivers that take RFC 9493 iss_sub. */
  iss_sub?: string | undefined;
}

/** The vendor's own identifiers. */
export interface CommandTarget {
  vendor: string;
  account: string;
  user: TargetUser;
  session?: string | undefined;
  token?: string | undefined;
  client_uid?: string | undefined;
  /** What was issued before this is meant, ms; may be earlier than `time`. */
  issued_before_time: number;
}

export interface ResidualAccess {
  what: string;
  /** Absent: until somebody removes it. */
  max_lifetime_s?: number | undefined;
}

/** What should be taken away from whom, how far the vendor can go, and what stays alive afterwards. */
export interface RevocationCommand {
  schema_version: number;
  tenant: string;
  /** Hash of tenant, target, action, incident, attempt and how often it came back: also the idempotency key. */
  uid: string;
  /** 1 to 3; a later one only on evidence that the one before does not reach, or after it was withdrawn. */
  attempt: number;
  incident_uid: string;
  finding_uid: string;
  /** Arrival of the trigger, or when the wider command that covered it was taken back, ms. */
  time: number;
  /** Event time of the trigger, ms. */
  trigger_time: number;
  /** After this it must not be carried out. */
  expires_time: number;
  /** The command that this one replaces or cancels. */
  supersedes?: string | undefined;
  mode_requested: Mode;
  mode: Mode;
  downgrade_reason?: string | undefined;
  action: Action;
  target: CommandTarget;
  scope_requested: Scope;
  /** The narrowest that this vendor can do. */
  scope_effective: Scope;
  residual_access: ResidualAccess[];
  /** Commands to be done first: the root identity provider's. */
  depends_on: string[];
  follow_up: string[];
  reason: string;
  /** Event uids. */
  evidence: string[];
}

export interface TraitsState {
  /** Place among `endpoints`. */
  endpoint: number;
  /** Place among `user_agents`. */
  user_agent: number;
  /** Place among `words`, as are the next. */
  device_uid: number;
  device_os: number;
  cookie_uid: number;
  ja4: number;
}

export interface FoldedState {
  uid: string;
  time: number;
  vendor: number;
  action: number;
  endpoint: number;
}

/** What a rule concluded of a print. */
export interface NoteState {
  /** Place of its uid among `words`. */
  rule: number;
  points: number[];
  is_settled: boolean;
  is_suspect: boolean;
  suspect_time: number;
  suspect_uid: string;
  was_suspect: boolean;
  /** Absent: the print's own traits. */
  known?: TraitsState | undefined;
  factors: Factor[];
  /** Place of the print that it was compared with: among `prints`, then `dropped`. */
  baseline?: number | undefined;
  since_time: number;
  since_uid: string;
  travel?: Travel | undefined;
}

export interface PrintState {
  lane: Lane;
  traits: TraitsState;
  folded_count: number;
  folded_first_time: number;
  folded_last?: FoldedState | undefined;
  notes: NoteState[];
}

export interface ScoreState {
  rule: number;
  score: number;
}

export interface AuthState {
  protocol?: string | undefined;
  method?: string | undefined;
  is_mfa?: boolean | undefined;
  incoming_token?: string | undefined;
  keep_signed_in?: boolean | undefined;
}

export interface RiskState {
  level: string;
  reasons: string[];
}

export interface FactState {
  rule: number;
  step: number;
  by: string;
  value: string;
}

export interface MoreState {
  auth?: AuthState | undefined;
  risk?: RiskState | undefined;
  details?: Record<string, string> | undefined;
  facts?: FactState[] | undefined;
}

export interface ObservationState {
  time: number;
  uid: string;
  /** Place of its print: among `prints`, then `dropped`. */
  print: number;
  /** Place among `words`, as are all that name something. */
  vendor: number;
  product: number;
  action: number;
  activity: number;
  /** Place among `endpoints`: the exact one, which may differ from the print's. */
  endpoint: number;
  client_uid: number;
  token_uid: number;
  token_issued_time?: number | undefined;
  token_expires_time?: number | undefined;
  is_bound: boolean;
  is_cae: boolean;
  is_fresh: boolean;
  is_sensitive: boolean;
  device_uid: number;
  device_evidence: number;
  is_compliant?: boolean | undefined;
  /** The person did it. */
  is_done: boolean;
  is_presence: boolean;
  /** Version of the geographic data that placed it. */
  geo: number;
  /** The session's rules have judged it. */
  is_judged: boolean;
  /** What they gave, where it is not nought. */
  scores: ScoreState[];
  more?: MoreState | undefined;
}

export interface ReportState {
  episode: string;
  finding: Finding;
  /** The finding as it stands can no longer change for the weaker. */
  is_settled: boolean;
  /** What it falls back to, when that is another revision. */
  settled?: Finding | undefined;
}

export interface MomentState {
  time: number;
  uid: string;
}

export interface SessionState {
  ref: SessionRef;
  /** The person as this session's vendor names them: place among `principals`. */
  principal: number;
  mint: SessionMint;
  first_time: number;
  last_arrival_time: number;
  /** Event time of the latest observation that is folded into its print. */
  folded_time?: number | undefined;
  /** Event time of the latest fresh authentication among them. */
  fresh_time?: number | undefined;
  /** How many lives of the same id something was said of before. */
  life: number;
  /** How many of the first observations can no longer be re-ordered. */
  settled: number;
  prints: PrintState[];
  /** Prints that the session let go of and of which the person's story still knows an event. */
  dropped: PrintState[];
  observations: ObservationState[];
  reports: ReportState[];
  /** The event since which all of it is held for a stranger's own. */
  stranger_since?: MomentState | undefined;
}

export interface MarkState {
  kind: MarkKind;
  time: number;
  uid: string;
  vendor: number;
  account: number;
  action: number;
  session_uid: number;
  by: number;
  /** Where whoever did it was. */
  by_endpoint: number;
  /** Their device, as the log saw it. */
  by_device: number;
  /** Their browser, by the provider's hash of its cookie. */
  by_cookie: number;
  own_session_uid: number;
}

/** What the person did, over all sessions and outside of any, in event-time order. */
export interface StoryEntry {
  /** Place of its session: among `sessions`, then `gone`. */
  session?: number | undefined;
  /** Its place there. */
  observation?: number | undefined;
  /** When its session does not hold it. */
  alone?: ObservationState | undefined;
  /** Of one that has no session. */
  print?: PrintState | undefined;
}

export interface StrangerState {
  session?: number | undefined;
  prefix?: string | undefined;
  is_hearsay: boolean;
}

export interface EvidenceState {
  uid: string;
  time: number;
  vendor: number;
  action: number;
  endpoint: number;
  /** Place among `words`. */
  user_agent: number;
  device: number;
  client_uid: number;
}

export interface JudgementState {
  factors: Factor[];
  context: EvidenceState[];
  message: string;
}

/** What one of the person's rules said of an event that is not settled. */
export interface VerdictState {
  /** Place of the event in the story. */
  seen: number;
  rule: number;
  score: number;
  episode: string;
  is_named?: boolean | undefined;
  session?: number | undefined;
  stranger?: StrangerState | undefined;
  travel?: Travel | undefined;
  baseline: EvidenceState[];
  /** Absent when an earlier one of the same episode was as strong: then nobody reads them. */
  words?: JudgementState | undefined;
}

export interface SuspectState {
  prefix: string;
  since: MomentState;
  last_time: number;
}

export interface IncidentState {
  uid: string;
  sessions: string[];
  prefixes: string[];
  /** Uids of the events that its findings were said of. */
  triggers: string[];
  last_time: number;
  /** Event time of the latest event that it is about. */
  seen_time: number;
  /** Level of the strongest of its findings that are no longer on record. */
  floor: Level;
}

export interface SignInDayState {
  /** Days since 1970. */
  day: number;
  sign_ins: number;
  device_logged: number;
  with_device: number;
  handheld_logged: number;
  handheld_with_device: number;
  factor_logged: number;
  with_factor: number;
  keep_logged: number;
  kept_signed_in: number;
  device_code: number;
}

export interface CookieDayState {
  /** Days since 1970. */
  day: number;
  logged: number;
  again: number;
  handheld_logged: number;
  handheld_again: number;
}

export interface SignInsState {
  /** Event time of the first lesson of any kind. */
  since_time: number;
  days: SignInDayState[];
  /** Of browsers whose provider knows them again by a cookie. */
  cookie_days: CookieDayState[];
}

export interface HabitState {
  /** network, country, client, lane, device, program, anonymizer, cookie; use: where and with what a credential is used; sign_on: when the person was at their identity provider */
  kind: string;
  value: string;
  first_time: number;
  /** The first time on another UTC day. */
  again_time?: number | undefined;
  last_time: number;
  /** The first time that the person was there themselves. */
  present_time?: number | undefined;
  /** When a stranger was found to be using it. */
  unlearned_time?: number | undefined;
}

export interface PastLifeState {
  uid: string;
  issuer: string;
  /** How many of the session's lives something was said of. */
  lives: number;
  /** Event time of its latest event. */
  last_time: number;
}

/** What is remembered of one principal: one changelog record. Finding and the records in it come from finding.avsc, without what is joined to it where it is written for others. A person who is read back is as they were. */
export interface PersonState {
  /** Version of this contract; 1 so far. */
  schema_version: number;
  key: string;
  tenant: string;
  /** Place among `principals`. */
  principal: number;
  last_arrival_time: number;
  /** Absent: there is nothing to settle. */
  next_settle_time?: number | undefined;
  /** Hash of the rules in force: others judge anew what can still be re-ordered. */
  judged_by: number;
  /** How much may come before the person is weighed again, bytes. */
  room: number;
  /** Of `sessions`, as the next two, for whoever does not read on. */
  session_count: number;
  /** Of `story`. */
  event_count: number;
  /** The earliest `last_arrival_time` of its sessions; absent without any. */
  oldest_arrival_time?: number | undefined;
  /** What is said more than once; places are counted from 1, and 0 is nothing, here and in the next three. */
  words: string[];
  endpoints: Endpoint[];
  user_agents: UserAgent[];
  principals: Principal[];
  sessions: SessionState[];
  /** Sessions that are forgotten, of which the person's story still knows an event. */
  gone: SessionState[];
  marks: MarkState[];
  story: StoryEntry[];
  /** How many of the first of them can no longer be re-ordered. */
  story_settled: number;
  /** How many of the first of them the person's rules have judged. */
  story_judged: number;
  /** What was judged already has to be judged anew. */
  story_is_stale: boolean;
  verdicts: VerdictState[];
  story_reports: ReportState[];
  /** Network prefixes that strangers came from. */
  suspects: SuspectState[];
  incidents: IncidentState[];
  sign_ins?: SignInsState | undefined;
  habits: HabitState[];
  /** Hashes of the latest event uids, oldest first. */
  seen: number[];
  /** Sessions that were forgotten after something had been said of them. */
  past_lives: PastLifeState[];
}

/** What is of no one incident. */
export interface RespondClock {
  /** The latest arrival, ms. */
  time: number;
  /** The next to be given to an incident that is touched, or to what is held. */
  serial: number;
}

/** What a vendor's call reaches, as it was known when the plan was made. */
export interface RespondRow {
  scope_effective: Scope;
  residual_access: ResidualAccess[];
  follow_up: string[];
}

export interface RespondFinding {
  uid: string;
  revision: number;
  /** Place among `held` of what it asks for. */
  held?: number | undefined;
}

export interface RespondTarget {
  vendor: string;
  account: string;
  user: TargetUser;
  session?: string | undefined;
  token?: string | undefined;
  client_uid?: string | undefined;
}

/** What one finding asks for, aimed at one vendor. */
export interface RespondPlan {
  /** Place among `rows`. */
  row: number;
  target: RespondTarget;
  scope_requested: Scope;
  /** The one thing that the call reaches; absent when it reaches the whole person. */
  part?: string | undefined;
  /** What the finding is about, in the same words. */
  within: string[];
  session?: string | undefined;
  acts: string[];
}

/** What one finding asks for as it stands, in the order in which they asked. */
export interface RespondWant {
  finding_uid: string;
  /** Place among `plans`. */
  plan: number;
  trigger_time: number;
  reason: string;
  evidence: string[];
  /** False: it keeps what is open and brings nothing. */
  is_live: boolean;
}

/** One action on one target, whether or not a command for it is open. */
export interface RespondHeld {
  key: string;
  action: Action;
  plans: RespondPlan[];
  /** Place among `plans` of the one that was sent, or is to be. */
  plan: number;
  asked_time: number;
  serial: number;
  attempt: number;
  returns: number;
  is_replaced: boolean;
  open?: RevocationCommand | undefined;
  wants: RespondWant[];
}

/** What findings of one incident asked for, and what was sent. */
export interface RespondIncident {
  tenant: string;
  principal_key: string;
  uid: string;
  /** Arrival of its last finding, or of what came before that, when it was later, ms. */
  touched_time: number;
  /** Rises with each touch of any incident: the order in which they are forgotten. */
  serial: number;
  rows: RespondRow[];
  findings: RespondFinding[];
  held: RespondHeld[];
}

/** One record of respond's changelog: an incident, or the clock. RevocationCommand and the records in it come from revocation_command.avsc. Whoever reads all of them back goes on as if nothing had happened. */
export interface RespondState {
  /** Version of this contract; 1 so far. */
  schema_version: number;
  clock?: RespondClock | undefined;
  incident?: RespondIncident | undefined;
}
