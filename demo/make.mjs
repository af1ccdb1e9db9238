#!/usr/bin/env node
// Writes okta.ndjson, entra.ndjson and m365.ndjson: two days at a made-up company, in the vendors' own shapes and in the order in
// which a collector would have got them. Run it again and the same bytes come out; with --check it compares instead.
//
// Fjordlight has an office in Oslo and one in London, Entra ID and Microsoft 365 for work, and Okta in front of its other apps.
// Most of what happens is ordinary. Two sessions are stolen. One file, since it is one story told in order, person by person.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AGENTS,
  audit,
  fileOperation,
  graph,
  guid,
  machineSignIn,
  mailItemsAccessed,
  newInboxRule,
  okta,
  oktaApp,
  opaque,
  PLACES,
  person,
  pick,
  signIn,
  TENANT,
  teamsSession,
  userLoggedIn,
} from './shapes.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Tuesday the 3rd and Wednesday the 4th of March 2026, UTC; Oslo is an hour ahead, London is not, California is eight behind. */
const at = (day, clock) => Date.parse(`2026-03-0${2 + day}T${clock.length === 5 ? `${clock}:00` : clock}Z`) + pick(1000, 'ms', day, clock);

/** what a collector got: [file, when it got it, record] */
const delivered = [];
/** Vendors deliver late, each in its own way: minutes for sign-ins, up to an hour for the unified audit log. */
const LAG = { okta: [5, 40], entra: [90, 300], m365: [300, 2400] };
function deliver(file, time, record, lag) {
  const [from, to] = LAG[file];
  const seconds = lag ?? from + pick(to - from, 'lag', file, JSON.stringify(record).length, time);
  delivered.push([file, time + seconds * 1000, record]);
}

const ingrid = person('ingrid.solberg', 'Ingrid Solberg');
const marcus = person('marcus.webb', 'Marcus Webb');
const priya = person('priya.nair', 'Priya Nair');
const tomas = person('tomas.lind', 'Tomas Lind');
const helene = person('helene.aas', 'Helene Aas');
const jonas = person('jonas.berg', 'Jonas Berg');
const laptopOf = (who, name) => ({ id: guid('device', who.login), name });

const {
  office_oslo,
  home_ingrid,
  cell_oslo,
  home_jonas,
  home_helene,
  home_tomas,
  office_london,
  home_marcus,
  cell_london,
  vpn_london,
  hotel_california,
  aws_dublin,
  microsoft,
  rented_amsterdam,
  rented_helsinki,
} = PLACES;
const {
  edge_windows,
  edge_windows_next,
  chrome_mac,
  chrome_mac_next,
  chrome_linux,
  firefox_linux,
  safari_iphone,
  outlook_iphone,
  outlook_windows,
  teams_windows,
  broker_windows,
  azure_cli,
} = AGENTS;

// --- an Entra session: one authentication, and the programs that live on it ------------------------------------------------------

class EntraSession {
  /** @param laptop the registered device, where there is one */
  constructor(who, name, laptop) {
    Object.assign(this, { who, laptop, session: guid('session', who.login, name), tokens: new Map() });
  }
  /** The same session in other hands: the cookies came along, the laptop did not. */
  stolen() {
    return Object.assign(new EntraSession(this.who), { session: this.session });
  }
  /** Signs in for real, with password and second factor. */
  begin(time, place, agent, app, method = 'Password') {
    const record = { time, who: this.who, place, agent, app, session: this.session, laptop: this.laptop };
    this.#issue(time, app);
    deliver(
      'entra',
      time,
      signIn({ ...record, token: this.tokens.get(app).token, interactive: true, method, bound: this.laptop !== undefined }),
    );
    deliver('m365', time, userLoggedIn({ ...record, request: 'OAuth2:Authorize' }));
    return this;
  }
  /** Gets a new access token for a program, without asking the person. `known: false` is a browser without the device's key. */
  refresh(time, place, agent, app, { resource = 'exchange', laptop = this.laptop, interactive = false } = {}) {
    this.#issue(time, app);
    const incoming = interactive ? 'none' : laptop ? 'primaryRefreshToken' : 'refreshToken';
    deliver(
      'entra',
      time,
      signIn({
        time,
        who: this.who,
        place,
        agent,
        app,
        resource,
        session: this.session,
        token: this.tokens.get(app).token,
        laptop,
        interactive,
        incoming,
        bound: laptop !== undefined && agent === broker_windows,
      }),
    );
    return this;
  }
  #issue(time, app) {
    this.tokens.set(app, { token: opaque(22, 'uti', this.session, app, time), issued: time });
  }
  #in(time, place, agent, app) {
    return { time, who: this.who, place, agent, app, session: this.session, ...this.tokens.get(app) };
  }
  graph(time, place, agent, app, path, method = 'GET') {
    deliver('entra', time, graph({ ...this.#in(time, place, agent, app), path, method, laptop: this.laptop }));
    return this;
  }
  mail(time, place, agent, app, options = {}) {
    deliver('m365', time, mailItemsAccessed({ ...this.#in(time, place, agent, app), ...options }), options.lag);
    return this;
  }
  file(time, place, agent, app, file, operation) {
    deliver('m365', time, fileOperation({ ...this.#in(time, place, agent, app), file, operation, laptop: this.laptop }));
    return this;
  }
  teams(time, place, agent, app = 'teams') {
    deliver('m365', time, teamsSession(this.#in(time, place, agent, app)));
    return this;
  }
  rule(time, place, app, name, parameters) {
    deliver('m365', time, newInboxRule({ ...this.#in(time, place, undefined, app), name, parameters }));
    return this;
  }
  /** Work on a Windows laptop as it looks in the logs: mail program, browser, Teams and their tokens, every so often. */
  workOnWindows(from, to, place, browser = edge_windows) {
    for (let time = from; time < to; time += 90 * MINUTE + pick(30 * MINUTE, this.session, time)) {
      this.refresh(time, place, broker_windows, 'office');
      this.mail(time + 2 * MINUTE, place, outlook_windows, 'office', { sync: true, info: 'Client=MSExchangeRPC' });
      this.refresh(time + 6 * MINUTE, place, browser, 'outlook_web');
      this.mail(time + 8 * MINUTE, place, browser, 'outlook_web', { count: 1 + pick(5, time) });
      if (pick(2, this.session, time, 'teams') === 0)
        this.refresh(time + 11 * MINUTE, place, teams_windows, 'teams', { resource: 'graph' }).teams(
          time + 12 * MINUTE,
          place,
          teams_windows,
        );
      if (pick(3, this.session, time, 'file') === 0)
        this.refresh(time + 15 * MINUTE, place, browser, 'sharepoint_web', { resource: 'sharepoint' }).file(
          time + 17 * MINUTE,
          place,
          browser,
          'sharepoint_web',
          `Budget 2026 v${1 + pick(9, time)}.xlsx`,
        );
    }
    return this;
  }
  /** Work in a browser alone. */
  workInBrowser(from, to, place, browser) {
    for (let time = from; time < to; time += 85 * MINUTE + pick(20 * MINUTE, this.session, time)) {
      this.refresh(time, place, browser, 'outlook_web');
      this.mail(time + 3 * MINUTE, place, browser, 'outlook_web', { count: 1 + pick(4, time) });
      if (pick(2, this.session, time) === 0)
        this.refresh(time + 7 * MINUTE, place, browser, 'office_home', { resource: 'graph' }).graph(
          time + 8 * MINUTE,
          place,
          browser,
          'office_home',
          '/me/insights/used',
        );
    }
    return this;
  }
}

/** Exchange's own servers reading for the person, from Microsoft's addresses: half of what a mailbox's log holds. */
function servers(session, from, to) {
  for (let time = from; time < to; time += 150 * MINUTE + pick(60 * MINUTE, 'servers', session.session, time)) {
    deliver(
      'm365',
      time,
      mailItemsAccessed({
        time,
        who: session.who,
        place: microsoft,
        agent: edge_windows,
        info: 'Client=REST;Client=RESTSystem;;',
        count: 1 + pick(3, time),
      }),
    );
  }
}

// --- an Okta session ----------------------------------------------------------------------------------------------------------

class OktaSession {
  constructor(who, name, cookie, laptop) {
    Object.assign(this, {
      who,
      cookie,
      laptop,
      session: `102${opaque(22, 'okta-session', who.login, name)}`,
      root: `idx${opaque(22, 'okta-root', who.login, name)}`,
    });
  }
  say(time, place, agent, event, rest = {}) {
    deliver(
      'okta',
      time,
      okta({
        time,
        who: this.who,
        place,
        agent,
        event,
        session: this.session,
        root: this.root,
        cookie: this.cookie,
        laptop: this.laptop,
        ...rest,
      }),
    );
    return this;
  }
  begin(time, place, agent) {
    this.say(time, place, agent, 'policy.evaluate_sign_on', {
      outcome: 'CHALLENGE',
      reason: 'Sign-on policy evaluation resulted in CHALLENGE',
      session: undefined,
      root: undefined,
    });
    // the id changes in the middle of a login; the root stays
    this.say(time + 9_000, place, agent, 'user.authentication.auth_via_mfa', { session: `trs${opaque(22, this.session)}` });
    this.say(time + 10_000, place, agent, 'user.session.start');
    return this.say(time + 10_400, place, agent, 'policy.evaluate_sign_on', {
      outcome: 'ALLOW',
      reason: 'Sign-on policy evaluation resulted in ALLOW',
    });
  }
  open(time, place, agent, name) {
    return this.say(time, place, agent, 'user.authentication.sso', { target: oktaApp(name) });
  }
}

// --- Ingrid, finance, Oslo: works from home and from the office on a managed laptop; reads mail on her phone ---------------------

const ingridLaptop = laptopOf(ingrid, 'FJ-LT-0117');
const ingridWork = new EntraSession(ingrid, 'laptop', ingridLaptop).begin(at(1, '06:48'), home_ingrid, edge_windows, 'office_home');
ingridWork.workOnWindows(at(1, '06:52'), at(1, '07:40'), home_ingrid);
ingridWork.workOnWindows(at(1, '08:20'), at(1, '15:10'), office_oslo);
servers(ingridWork, at(1, '07:00'), at(1, '16:00'));
const ingridPhone = new EntraSession(ingrid, 'phone').begin(at(1, '06:20'), home_ingrid, safari_iphone, 'outlook_mobile');
for (const [clock, place] of [
  ['06:25', home_ingrid],
  ['07:55', cell_oslo],
  ['08:09', cell_oslo],
  ['11:30', office_oslo],
  ['15:40', cell_oslo],
  ['19:12', home_ingrid],
]) {
  ingridPhone
    .refresh(at(1, clock), place, outlook_iphone, 'outlook_mobile')
    .mail(at(1, clock) + MINUTE, place, outlook_iphone, 'outlook_mobile', { info: 'Client=OutlookService;Outlook-iOS/2.0;' });
}
// the second day: at the office, with the browser updated overnight
ingridWork.workOnWindows(at(2, '07:30'), at(2, '11:00'), office_oslo, edge_windows_next);
servers(ingridWork, at(2, '07:00'), at(2, '13:00'));
for (const [clock, place] of [
  ['06:35', home_ingrid],
  ['07:05', cell_oslo],
  ['11:42', office_oslo],
]) {
  ingridPhone
    .refresh(at(2, clock), place, outlook_iphone, 'outlook_mobile')
    .mail(at(2, clock) + MINUTE, place, outlook_iphone, 'outlook_mobile', { info: 'Client=OutlookService;Outlook-iOS/2.0;' });
}
const ingridOkta = new OktaSession(ingrid, 'day 1', 'ingrid-edge', ingridLaptop)
  .begin(at(1, '08:31'), office_oslo, edge_windows)
  .open(at(1, '08:32'), office_oslo, edge_windows, 'Xero')
  .open(at(1, '10:15'), office_oslo, edge_windows, 'Workday');
ingridOkta.say(at(1, '15:12'), office_oslo, edge_windows, 'user.session.end');
new OktaSession(ingrid, 'day 2', 'ingrid-edge', ingridLaptop)
  .begin(at(2, '07:44'), office_oslo, edge_windows_next)
  .open(at(2, '07:45'), office_oslo, edge_windows_next, 'Xero');

// --- the first theft: malware took the cookies of Ingrid's browser; they are replayed from a rented server while she works -------

ingridWork
  .refresh(at(2, '11:20'), office_oslo, edge_windows_next, 'outlook_web')
  .mail(at(2, '11:22'), office_oslo, edge_windows_next, 'outlook_web');
ingridWork
  .refresh(at(2, '11:38'), office_oslo, edge_windows_next, 'outlook_web')
  .mail(at(2, '11:39'), office_oslo, edge_windows_next, 'outlook_web', { count: 2 });
ingridWork
  .refresh(at(2, '11:52'), office_oslo, edge_windows_next, 'outlook_web')
  .mail(at(2, '11:54'), office_oslo, edge_windows_next, 'outlook_web');
ingridWork.file(at(2, '11:58'), office_oslo, edge_windows_next, 'outlook_web', 'Payment run March.xlsx');
const thief = ingridWork
  .stolen()
  .refresh(at(2, '11:31'), rented_amsterdam, chrome_linux, 'office_home', { interactive: true, resource: 'graph' });
thief.graph(at(2, '11:32'), rented_amsterdam, chrome_linux, 'office_home', '/me');
thief
  .refresh(at(2, '11:34'), rented_amsterdam, chrome_linux, 'outlook_web')
  .mail(at(2, '11:36'), rented_amsterdam, chrome_linux, 'outlook_web', { count: 38 });
thief.graph(at(2, '11:41'), rented_amsterdam, chrome_linux, 'outlook_web', '/me/messages?$search=%22invoice%22&$top=100');
thief.mail(at(2, '11:44'), rented_amsterdam, chrome_linux, 'outlook_web', { count: 61 });
thief.rule(at(2, '11:47'), rented_amsterdam, 'outlook_web', '.', {
  SubjectOrBodyContainsWords: 'invoice;payment;bank;overdue',
  ForwardTo: 'accounts.fjordlight@mailbox-relay.example',
  DeleteMessage: 'True',
});

// --- Marcus, sales, London: a Mac, a phone that changes networks, a private VPN in a café, a browser update, a new phone -----------

const marcusWork = new EntraSession(marcus, 'mac').begin(at(1, '08:05'), home_marcus, chrome_mac, 'office_home');
marcusWork.workInBrowser(at(1, '08:10'), at(1, '09:20'), home_marcus, chrome_mac);
marcusWork.workInBrowser(at(1, '10:00'), at(1, '12:00'), office_london, chrome_mac);
// in a café with the VPN on, then off, then on again
for (const [clock, place] of [
  ['12:30', vpn_london],
  ['13:10', office_london],
  ['13:50', vpn_london],
]) {
  marcusWork.refresh(at(1, clock), place, chrome_mac, 'outlook_web').mail(at(1, clock) + 4 * MINUTE, place, chrome_mac, 'outlook_web');
}
// Chrome restarts into its next version in the middle of the session
marcusWork.workInBrowser(at(1, '14:30'), at(1, '17:00'), office_london, chrome_mac_next);
marcusWork.workInBrowser(at(2, '08:20'), at(2, '15:30'), office_london, chrome_mac_next);
servers(marcusWork, at(1, '09:00'), at(2, '15:00'));
const marcusPhone = new EntraSession(marcus, 'phone').begin(at(1, '07:30'), home_marcus, safari_iphone, 'outlook_mobile');
for (const [day, clock, place] of [
  [1, '07:31', home_marcus],
  [1, '09:28', cell_london],
  [1, '09:44', cell_london],
  [1, '12:12', cell_london],
  [1, '13:15', office_london],
  [1, '17:20', cell_london],
  [1, '18:40', home_marcus],
  [2, '07:40', home_marcus],
  [2, '08:02', cell_london],
  [2, '12:20', cell_london],
]) {
  marcusPhone
    .refresh(at(day, clock), place, outlook_iphone, 'outlook_mobile')
    .mail(at(day, clock) + MINUTE, place, outlook_iphone, 'outlook_mobile', { info: 'Client=OutlookService;Outlook-iOS/2.0;' });
}
const marcusOkta = new OktaSession(marcus, 'day 1', 'marcus-chrome')
  .begin(at(1, '08:12'), home_marcus, chrome_mac)
  .open(at(1, '08:13'), home_marcus, chrome_mac, 'Salesforce')
  .open(at(1, '10:20'), office_london, chrome_mac, 'Salesforce');
marcusOkta.open(at(1, '12:40'), vpn_london, chrome_mac, 'Slack').open(at(1, '14:40'), office_london, chrome_mac_next, 'Salesforce');
// the second day: he has a new phone, so the help desk resets his factors and he enrols again
new OktaSession(marcus, 'day 2', 'marcus-chrome')
  .begin(at(2, '09:41'), office_london, chrome_mac_next)
  .say(at(2, '09:44'), office_london, chrome_mac_next, 'user.mfa.factor.activate')
  .open(at(2, '09:46'), office_london, chrome_mac_next, 'Salesforce')
  .open(at(2, '13:05'), office_london, chrome_mac_next, 'Slack');
deliver(
  'entra',
  at(2, '09:52'),
  audit({
    time: at(2, '09:52'),
    who: marcus,
    place: office_london,
    agent: chrome_mac_next,
    operation: 'User registered security info',
    target: marcus,
    changes: [{ displayName: 'StrongAuthenticationMethod', oldValue: '[]', newValue: '["PhoneAppNotification"]' }],
  }),
);

// --- Priya, engineering: a morning in Oslo, a flight of eleven hours, an evening in California ---------------------------------------

const priyaLaptop = laptopOf(priya, 'FJ-LT-0142');
const priyaWork = new EntraSession(priya, 'laptop', priyaLaptop).begin(at(1, '06:55'), office_oslo, edge_windows, 'office_home');
priyaWork.workOnWindows(at(1, '07:00'), at(1, '09:10'), office_oslo);
// departure from Oslo 10:20, arrival in San Francisco 21:40; the hotel's network an hour later
priyaWork.workOnWindows(at(1, '22:50'), at(2, '00:40'), hotel_california);
priyaWork.workOnWindows(at(2, '16:00'), at(2, '19:30'), hotel_california, edge_windows_next);
servers(priyaWork, at(1, '08:00'), at(2, '16:00'));
new OktaSession(priya, 'Oslo', 'priya-edge', priyaLaptop)
  .begin(at(1, '07:05'), office_oslo, edge_windows)
  .open(at(1, '07:06'), office_oslo, edge_windows, 'GitHub')
  .open(at(1, '08:48'), office_oslo, edge_windows, 'Jira');
new OktaSession(priya, 'California', 'priya-edge', priyaLaptop)
  .begin(at(1, '23:02'), hotel_california, edge_windows)
  .open(at(1, '23:03'), hotel_california, edge_windows, 'GitHub');
new OktaSession(priya, 'California 2', 'priya-edge', priyaLaptop)
  .begin(at(2, '16:05'), hotel_california, edge_windows_next)
  .open(at(2, '16:06'), hotel_california, edge_windows_next, 'Jira')
  .open(at(2, '17:40'), hotel_california, edge_windows_next, 'GitHub');

// --- Jonas, support: Outlook, Teams, browser and phone; an app whose OAuth flow leaves several device cookies ---------------------

const jonasLaptop = laptopOf(jonas, 'FJ-LT-0098');
deliver(
  'entra',
  at(1, '07:11'),
  signIn({
    time: at(1, '07:11'),
    who: jonas,
    place: home_jonas,
    agent: edge_windows,
    app: 'office_home',
    laptop: jonasLaptop,
    interactive: true,
    error: 50126,
    method: 'Password',
  }),
);
deliver(
  'entra',
  at(1, '07:12'),
  signIn({
    time: at(1, '07:12'),
    who: jonas,
    place: home_jonas,
    agent: edge_windows,
    app: 'office_home',
    laptop: jonasLaptop,
    interactive: true,
    error: 50074,
    method: 'Password',
  }),
);
const jonasWork = new EntraSession(jonas, 'laptop', jonasLaptop).begin(at(1, '07:13'), home_jonas, edge_windows, 'office_home');
deliver(
  'entra',
  at(1, '07:13:20'),
  signIn({
    time: at(1, '07:13:20'),
    who: jonas,
    place: home_jonas,
    agent: edge_windows,
    app: 'office_home',
    session: jonasWork.session,
    laptop: jonasLaptop,
    interactive: true,
    error: 50140,
  }),
);
jonasWork.workOnWindows(at(1, '07:20'), at(1, '14:30'), home_jonas);
jonasWork.workOnWindows(at(2, '07:10'), at(2, '14:00'), office_oslo);
servers(jonasWork, at(1, '07:30'), at(2, '14:00'));
const jonasOkta = new OktaSession(jonas, 'day 1', 'jonas-edge', jonasLaptop).begin(at(1, '07:30'), home_jonas, edge_windows);
for (const [n, clock] of ['07:31', '07:31:02', '07:31:03', '07:31:05'].entries()) {
  jonasOkta.say(at(1, clock), home_jonas, edge_windows, n % 2 === 0 ? 'app.oauth2.authorize.code' : 'app.oauth2.token.grant.access_token', {
    cookie: `jonas-oauth-${n}`,
    target: oktaApp('Zendesk'),
  });
}
jonasOkta.open(at(1, '09:20'), home_jonas, edge_windows, 'Zendesk').open(at(1, '12:50'), home_jonas, edge_windows, 'Slack');
new OktaSession(jonas, 'day 2', 'jonas-edge', jonasLaptop)
  .begin(at(2, '07:15'), office_oslo, edge_windows)
  .open(at(2, '07:16'), office_oslo, edge_windows, 'Zendesk')
  .open(at(2, '10:02'), office_oslo, edge_windows, 'Slack');

// --- Helene, IT: an administrator with a command line, at the office by day and at home by night ----------------------------------

const heleneLaptop = laptopOf(helene, 'FJ-LT-0003');
const heleneWork = new EntraSession(helene, 'laptop', heleneLaptop).begin(at(1, '07:02'), office_oslo, edge_windows, 'office_home');
heleneWork.workOnWindows(at(1, '07:06'), at(1, '14:00'), office_oslo);
heleneWork
  .refresh(at(1, '09:15'), office_oslo, azure_cli, 'azure_cli', { resource: 'azure' })
  .graph(at(1, '09:16'), office_oslo, azure_cli, 'azure_cli', '/groups')
  .graph(at(1, '09:17'), office_oslo, azure_cli, 'azure_cli', '/devices');
heleneWork.refresh(at(1, '13:30'), office_oslo, edge_windows, 'azure_portal', { resource: 'azure' });
heleneWork.workOnWindows(at(1, '19:00'), at(1, '20:00'), home_helene);
heleneWork.workOnWindows(at(2, '07:00'), at(2, '13:30'), office_oslo);
const heleneOkta = new OktaSession(helene, 'day 1', 'helene-edge', heleneLaptop)
  .begin(at(1, '07:08'), office_oslo, edge_windows)
  .say(at(1, '07:10'), office_oslo, edge_windows, 'user.session.access_admin_app', { target: oktaApp('Okta Admin Console') });
heleneOkta.say(at(1, '15:00'), office_oslo, edge_windows, 'user.session.end');
const heleneAdmin = new OktaSession(helene, 'day 2', 'helene-edge', heleneLaptop)
  .begin(at(2, '07:04'), office_oslo, edge_windows)
  .say(at(2, '09:28'), office_oslo, edge_windows, 'user.session.access_admin_app', { target: oktaApp('Okta Admin Console') });
heleneAdmin.say(at(2, '09:30'), office_oslo, edge_windows, 'user.mfa.factor.reset_all', { on: marcus });

// --- Tomas, development, Bergen: works in Okta's apps; reports that he typed his password into a false page ------------------------

const tomasOkta = new OktaSession(tomas, 'day 1', 'tomas-chrome')
  .begin(at(1, '08:00'), home_tomas, chrome_mac)
  .open(at(1, '08:02'), home_tomas, chrome_mac, 'GitHub')
  .open(at(1, '08:05'), home_tomas, chrome_mac, 'Jira')
  .open(at(1, '11:48'), home_tomas, chrome_mac, 'AWS')
  .open(at(1, '14:10'), home_tomas, chrome_mac, 'GitHub');
tomasOkta.say(at(1, '16:00'), home_tomas, chrome_mac, 'user.session.end');
const stolen = new OktaSession(tomas, 'day 2', 'tomas-chrome')
  .begin(at(2, '08:03'), home_tomas, chrome_mac)
  .open(at(2, '08:04'), home_tomas, chrome_mac, 'GitHub')
  .open(at(2, '09:30'), home_tomas, chrome_mac, 'Jira')
  .open(at(2, '10:12'), home_tomas, chrome_mac, 'AWS');
heleneAdmin.say(at(2, '10:30'), office_oslo, edge_windows, 'user.session.clear', { on: tomas });
new OktaSession(tomas, 'after', 'tomas-chrome')
  .begin(at(2, '10:36'), home_tomas, chrome_mac)
  .open(at(2, '10:37'), home_tomas, chrome_mac, 'GitHub')
  .open(at(2, '12:20'), home_tomas, chrome_mac, 'Jira');

// --- the second theft: the session that was cleared goes on, from a rented server ------------------------------------------------

Object.assign(stolen, { cookie: 'another-browser' });
stolen
  .open(at(2, '10:58'), rented_helsinki, firefox_linux, 'GitHub')
  .open(at(2, '11:01'), rented_helsinki, firefox_linux, 'AWS')
  .open(at(2, '11:06'), rented_helsinki, firefox_linux, 'GitHub');

// --- machines -------------------------------------------------------------------------------------------------------------------

for (let hour = 0; hour < 48; hour += 6) {
  const time = at(1, '00:40') + hour * HOUR;
  deliver('entra', time, machineSignIn({ time, name: 'fjordlight-nightly-backup', place: aws_dublin }));
  deliver(
    'entra',
    time + MINUTE,
    graph({
      time: time + MINUTE,
      machine: 'fjordlight-nightly-backup',
      place: aws_dublin,
      token: opaque(22, 'uti', 'fjordlight-nightly-backup', time),
      issued: time,
      path: '/sites/root/drives',
    }),
  );
  deliver('entra', time + 2 * HOUR, machineSignIn({ time: time + 2 * HOUR, name: 'invoice-processor', managed: true, resource: 'azure' }));
}

// --- what collectors do ---------------------------------------------------------------------------------------------------------

// Mailbox records that come sixteen hours late, as the unified audit log sometimes does.
ingridWork.mail(at(1, '13:05'), office_oslo, edge_windows, 'outlook_web', { lag: 16 * 3600 });
marcusWork.mail(at(1, '13:12'), office_london, chrome_mac, 'outlook_web', { lag: 15 * 3600 });
jonasWork.mail(at(1, '12:20'), home_jonas, edge_windows, 'outlook_web', { lag: 17 * 3600 });

// The unified audit log delivers some records twice.
for (const [file, time, record] of delivered.filter(([file, time]) => file === 'm365' && pick(9, 'twice', time) === 0))
  delivered.push([file, time + 90_000, record]);

const lines = { okta: [], entra: [], m365: [] };
delivered.sort((a, b) => a[1] - b[1] || (JSON.stringify(a[2]) < JSON.stringify(b[2]) ? -1 : 1));
for (const [file, , record] of delivered) lines[file].push(JSON.stringify(record));
// An event hub hands over several records in one message.
const batched = [];
for (let i = 0; i < lines.entra.length; i++) {
  const together = i % 40 === 20 ? lines.entra.slice(i, i + 3) : undefined;
  batched.push(together === undefined ? lines.entra[i] : `{"records":[${together.join(',')}]}`);
  i += together === undefined ? 0 : together.length - 1;
}
lines.entra = batched;

const folder = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
for (const [name, list] of Object.entries(lines)) {
  const file = join(folder, `${name}.ndjson`);
  const text = `${list.join('\n')}\n`;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is not what demo/make.mjs writes: run node demo/make.mjs\n`);
    process.exitCode = 1;
  }
}
if (!process.argv.includes('--check'))
  process.stdout.write(
    `${delivered.length} records of ${TENANT}: ${Object.entries(lines)
      .map(([name, list]) => `${name} ${list.length} lines`)
      .join(', ')}\n`,
  );
