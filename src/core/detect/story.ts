import type { Declarations } from '../declared/declarations.js';
import type { Activity, Confidence, DeviceEvidence, EventStatus, Level, NetworkClass, PrincipalType } from '../event/index.js';
import type { SignOnEntry } from './enforced.js';

/** A place on the network that the stories of a rule share. The address must be a real public one where geography matters. */
export interface StoryPlace {
  /** absent of class `withheld` alone */
  ip?: string;
  country?: string;
  region?: string;
  city?: string;
  lat?: number;
  long?: number;
  radius_km?: number;
  asn?: number;
  as_org?: string;
  as_class?: NetworkClass;
  /** `vendor_service`, `private`, ...; public when absent */
  class?: 'public' | 'private' | 'cgnat' | 'vendor_service' | 'hostname' | 'withheld';
}

/** One event of a story; `at` is the offset from the story's start. What is absent comes from the story's `with`, then from the suite's. */
export interface StoryStep {
  at: number;
  /** offset of the event's arrival; `at` when absent. Later than `at` makes it a late record. */
  arrives?: number;
  /** it happens `times` times, so far apart, each time in the words of the step, where `{n}` stands for the number of the time, from 1 */
  every?: number;
  times?: number;
  activity: Activity;
  status?: EventStatus;
  status_detail?: string;
  /** vendor and product, `entra/sign_in` */
  source?: string;
  action?: string;
  /** name of a place, `none` for no address */
  place?: string;
  /** name of a client (user agent), `none` for no user agent */
  client?: string;
  /** OAuth client id */
  app?: string;
  /** name of the application reached */
  app_name?: string;
  /** name of the resource reached */
  resource?: string;
  /** session id; `none` for no session */
  session?: string;
  root?: string;
  confidence?: Confidence;
  token?: string;
  /** `uti` when absent */
  token_kind?: string;
  token_issued?: number;
  token_expires?: number;
  /** when the session was made */
  session_created?: number;
  is_bound?: boolean;
  is_cae?: boolean;
  device?: string;
  device_evidence?: DeviceEvidence;
  device_os?: string;
  is_managed?: boolean;
  is_compliant?: boolean;
  cookie?: string;
  ja4?: string;
  principal?: string;
  /** the vendor's own id of the principal */
  principal_uid?: string;
  /** the principal's name, where it is not its address */
  name?: string;
  /** what the principal is; human when absent */
  type?: PrincipalType;
  /** for whom the principal acts, by the vendor's word */
  on_behalf_of?: string;
  tags?: readonly string[];
  role?: 'actor' | 'target';
  /** on a target event: who did it, from which place, on which device, in which browser by its cookie, with which client */
  by?: string;
  by_place?: string;
  by_device?: string;
  by_cookie?: string;
  by_client?: string;
  is_presence?: boolean;
  details?: Record<string, string>;
  auth?: { protocol?: string; method?: string; is_mfa?: boolean; incoming_token?: string; keep_signed_in?: boolean };
  /** the vendor's own judgement */
  risk?: { level: string; reasons?: readonly string[] };
  /** version of the geographic data that placed the address */
  geo?: string;
  /** the finding that this very event must raise or change */
  expect?: StoryExpectation;
}

export interface StoryExpectation {
  level: Level;
  type?: string;
  /** names of factors that must be among the finding's */
  factors?: readonly string[];
  /** exact score, where a threshold is to be pinned */
  score?: number;
}

export interface Story {
  name: string;
  /**
   * fires: ends with at least one open finding of the rule; quiet: never has one; retracted: had one, and took it back; suppressed: ends
   * with at least one that the rule's own suppressions hide, and none that is open
   */
  outcome: 'fires' | 'quiet' | 'retracted' | 'suppressed';
  with?: Partial<StoryStep>;
  steps: readonly StoryStep[];
}

export interface StorySuite {
  places: Readonly<Record<string, StoryPlace>>;
  /** name -> user agent string */
  clients: Readonly<Record<string, string>>;
  with?: Partial<StoryStep>;
  /** detectors that judge beside the rule, with their own defaults, where it weighs what others found; what they say is not looked at */
  beside?: readonly string[];
  /** what the operator declares of agents and partners, as their file says it */
  declared?: Declarations;
  /** where single sign-on is enforced in the stories; the account of every source there is `story` */
  sign_on?: readonly SignOnEntry[];
  stories: readonly Story[];
}
