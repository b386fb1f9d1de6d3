// Generated from data/ by `npm run generate`. Do not edit.

import type { VirgateService, VirgateType } from '../virgate/declaration.ts';

export type DirectoryKind = 'rfc2307' | 'ipa' | 'active_directory';

export type DirectoryTls = 'none' | 'start_tls' | 'ldaps';

export type EnrolmentState = 'pending' | 'approved' | 'removed';

export type ChangeType = 'data_center' | 'cluster' | 'host' | 'vm' | 'vm_pool' | 'template' | 'instance_type' | 'storage_domain' | 'disk' | 'disk_attachment' | 'nic'
  | 'network' | 'vnic_profile' | 'event' | 'job' | 'permission' | 'user' | 'role' | 'group' | 'tag' | 'bookmark' | 'mac_pool' | 'quota' | 'qos'
  | 'cpu_profile' | 'disk_profile' | 'affinity_group' | 'affinity_label' | 'scheduling_policy' | 'proposal';

export type ChangeOperation = 'add' | 'update' | 'remove';

export type SessionKind = 'sso' | 'session' | 'browser' | 'login' | 'api' | 'refresh' | 'ssh';

export type SecondFactorPlace = 'local' | 'provider';

export type SecondFactorWanted = 'nobody' | 'administrators' | 'everybody';

export type TokenScope = 'full' | 'read_only';

export type MailEncryption = 'none' | 'ssl' | 'tls';

export type SecurityRuleDirection = 'ingress' | 'egress';

export type SecurityRuleProtocol = 'tcp' | 'udp' | 'icmp';

export type AddressVersion = 'v4' | 'v6';

export type SampledKind = 'vm' | 'host';

export type ListKind = 'vm' | 'disk';

export type NamedKind = 'vm' | 'template' | 'instance_type' | 'host' | 'cluster' | 'data_center' | 'storage_domain' | 'disk' | 'network' | 'vnic_profile' | 'vm_pool';

export type CountedKind = 'vm' | 'host';

export type CountedBy = 'status' | 'cluster' | 'pool' | 'template' | 'host';

export type RetentionScale = 'basic' | 'full';

export type SummedGrain = 'hour' | 'day';

export type ReportPeriod = 'hourly' | 'daily' | 'monthly' | 'quarterly' | 'yearly';

export type ReportVmType = 'desktop' | 'server' | 'high_performance';

export type ReportKind = 'report' | 'dashboard' | 'unit';

export type ReportHostType = 'host' | 'hypervisor';

export type ReportStorageType = 'nfs' | 'fcp' | 'iscsi' | 'localfs' | 'posixfs' | 'glusterfs' | 'glance' | 'cinder' | 'managed_block_storage';

export type ReportMeasure = 'cpu' | 'memory';

export type ReportFigure = 'average' | 'max';

export type ReportDisplay = 'data_center' | 'cluster';

export type ReportCostBy = 'vm' | 'user' | 'tag' | 'data_center' | 'cluster';

export type ReportChartType = 'line' | 'bar' | 'stacked_bar' | 'pie' | 'meter' | 'scatter' | 'heatmap';

export type ReportUnit = 'text' | 'time' | 'count' | 'percent' | 'minutes' | 'hours' | 'megabytes' | 'gigabytes' | 'bytes_per_second' | 'money';

export type ReportFile = 'csv' | 'xlsx' | 'pdf';

export type ReportObjectKind = 'data_center' | 'cluster' | 'host' | 'vm' | 'storage_domain';

export type WarehouseFile = 'parquet' | 'csv';

export type ReportPicture = 'svg';

export type QueryColumnKind = 'text' | 'id' | 'number' | 'choice' | 'boolean' | 'time' | 'day';

export type QueryAggregate = 'count' | 'distinct' | 'sum' | 'avg' | 'min' | 'max';

export type QueryStep = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export type QueryOperator = 'is' | 'is_not' | 'less' | 'at_most' | 'at_least' | 'greater' | 'contains' | 'begins' | 'is_null' | 'is_not_null';

export type QuerySpan = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export type QueryChart = 'none' | 'bar' | 'line';

export type QueryFile = 'csv' | 'xlsx' | 'pdf' | 'parquet' | 'svg';

export type ProposalState = 'pending' | 'running' | 'done' | 'failed' | 'rejected' | 'expired';

export type CancellationState = 'possible' | 'requested' | 'not_cancellable' | 'too_late' | 'ended';

export type ReportInterval = 'day' | 'week' | 'month';

/** What an assistant asked for, and what became of it. */
export interface Proposal {
  id: string;
  user: UserName;
  operation: string;
  http: string;
  path: string;
  body: unknown | null;
  reason: string;
  state: ProposalState;
  created: number;
  expires: number;
  decidedBy: string | null;
  decided: number | null;
  decisionReason: string | null;
  status: number | null;
  answer: unknown | null;
}

export interface ProposalDecision {
  reason?: string;
}

export interface Proposals {
  proposals: Proposal[];
  total: number;
}

/** Operations that are carried out at once when an assistant of these users asks for them; of no users named: of everybody. */
export interface ProposalPolicy {
  id: string;
  name: string;
  operations: string[];
  users: string[];
}

export interface ProposalPolicies {
  policies: ProposalPolicy[];
}

export interface NewProposalPolicy {
  name: string;
  operations: string[];
  users?: string[];
}

/** One call of a tool by an assistant. */
export interface AssistantCall {
  at: number;
  user: UserName;
  session: string;
  tool: string;
  arguments: unknown;
  status: number;
  durationMs: number;
  proposal: string | null;
}

export interface AssistantCalls {
  calls: AssistantCall[];
  total: number;
}

/** What guests in a security group take or send. */
export interface SecurityGroupRule {
  direction: SecurityRuleDirection;
  version: AddressVersion;
  protocol?: SecurityRuleProtocol;
  portFrom?: number;
  portTo?: number;
  remoteCidr?: string;
  remoteGroupId?: string;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  rules: SecurityGroupRule[];
}

export interface SecurityGroups {
  groups: SecurityGroup[];
}

export interface NewSecurityGroup {
  name: string;
  description?: string;
  rules: SecurityGroupRule[];
}

export interface SecurityGroupChange {
  name?: string;
  description?: string;
  rules?: SecurityGroupRule[];
}

/** What every refusal says. */
export interface Refusal {
  code: string;
  message: string;
  field?: string;
  from?: number;
  to?: number;
}

export interface Credentials {
  username: string;
  password: string;
}

export interface SessionUser {
  id: string;
  name: string;
  principal: string;
  administrator: boolean;
}

export interface Session {
  user: SessionUser;
  expires: number;
  recoveryCodes?: string[];
}

export interface SecondFactorCode {
  code: string;
}

export interface SecondFactor {
  enabled: boolean;
  since: number | null;
  required: boolean;
  recoveryCodes: number;
}

export interface SecondFactorStart {
  password?: string;
}

/** What an authenticator program is told; it is in force once a code of it was confirmed. */
export interface SecondFactorEnrolment {
  secret: string;
  uri: string;
  picture: string;
}

export interface RecoveryCodes {
  recoveryCodes: string[];
}

export interface SecondFactorPolicy {
  required: SecondFactorWanted;
  roles: string[];
}

export interface OpenidProvider {
  id: string;
  profile: string;
  domain: string;
  title: string;
  issuer: string;
  clientId: string;
  scopes: string;
  userNameClaim: string;
  groupsClaim: string;
  caPem: string | null;
  secondFactor: SecondFactorPlace;
}

export interface OpenidProviders {
  providers: OpenidProvider[];
}

export interface NewOpenidProvider {
  profile: string;
  domain?: string;
  title?: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes?: string;
  userNameClaim?: string;
  groupsClaim?: string;
  caPem?: string | null;
  secondFactor?: SecondFactorPlace;
}

export interface OpenidProviderChange {
  profile?: string;
  title?: string;
  issuer?: string;
  clientId?: string;
  clientSecret?: string;
  scopes?: string;
  userNameClaim?: string;
  groupsClaim?: string;
  caPem?: string | null;
  secondFactor?: SecondFactorPlace;
}

export interface OpenidProviderTest {
  works: boolean;
  reason?: string;
}

export interface SsoClient {
  id: string;
  name: string;
  redirectUris: string[];
  trusted: boolean;
  serviceUser: string | null;
  created: number;
}

/** A client with its secret, which is told this once. */
export interface MadeSsoClient {
  id: string;
  name: string;
  redirectUris: string[];
  trusted: boolean;
  serviceUser: string | null;
  created: number;
  secret: string;
}

export interface SsoClients {
  clients: SsoClient[];
}

export interface NewSsoClient {
  id: string;
  name?: string;
  redirectUris?: string[];
  trusted?: boolean;
  serviceUser?: string | null;
}

export interface SsoClientChange {
  name?: string;
  redirectUris?: string[];
  trusted?: boolean;
  serviceUser?: string | null;
}

export interface UserName {
  id: string;
  name: string;
}

export interface OpenSession {
  id: string;
  kind: SessionKind;
  user: UserName;
  sourceAddress: string | null;
  userAgent: string | null;
  created: number;
  lastUsed: number;
  expires: number;
  current: boolean;
}

export interface OpenSessions {
  sessions: OpenSession[];
  total: number;
}

export interface EndedSessions {
  ended: number;
}

export interface WhoamiUser {
  id: string;
  name: string;
  principal: string;
  signInName: string;
  domain: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  administrator: boolean;
}

export interface WhoamiRole {
  id: string;
  name: string;
  administrative: boolean;
}

export interface WhoamiSession {
  id: string;
  kind: SessionKind;
  secondFactor: boolean;
  readOnly: boolean;
  permits: string[] | null;
  created?: number;
  expires?: number;
}

export interface Whoami {
  user: WhoamiUser;
  groups: UserName[];
  roles: WhoamiRole[];
  permits: string[];
  session: WhoamiSession;
}

export interface TokenPermits {
  permits: string[];
}

export interface ApiToken {
  id: string;
  name: string | null;
  user: UserName;
  scope: TokenScope | TokenPermits;
  created: number;
  lastUsed: number | null;
  expires: number;
}

/** A new token; the token itself is told this once. */
export interface MadeApiToken {
  id: string;
  name: string | null;
  user: UserName;
  scope: TokenScope | TokenPermits;
  created: number;
  lastUsed: number | null;
  expires: number;
  token: string;
}

export interface ApiTokens {
  tokens: ApiToken[];
}

export interface NewApiToken {
  name: string;
  expires?: string | number;
  scope?: TokenScope | TokenPermits;
}

export interface AttributeDifference {
  field: string;
  now: unknown;
  next: unknown;
}

/** Why a filter refused a host; code is the contract's message. */
export interface PlacementReason {
  unit: string;
  code: string;
  values: unknown;
}

/** What a weight thought of a host: 1 best, 1000 worst. */
export interface PlacementScore {
  unit: string;
  score: number;
}

export interface PlacementWeight {
  unit: string;
  factor: number;
}

/** What the scheduler thought of one host; the rank is the sum of its points, the place its order among the accepted. */
export interface PlacementHost {
  id: string;
  name: string;
  accepted: boolean;
  reasons: PlacementReason[];
  scores: PlacementScore[];
  rank: number;
  place: number | null;
}

/** Why a VM was started where it was, or nowhere. */
export interface Placement {
  job: string;
  at: number;
  cluster: string | null;
  host: string | null;
  code?: string;
  refusals: string[];
  weights: PlacementWeight[];
  hosts: PlacementHost[];
}

/** Whether a job can be called off, or was. */
export interface JobCancellation {
  state: CancellationState;
  reason?: string;
}

/** What the next start of a VM changes, and since when that is wanted. */
export interface NextRun {
  since: number | null;
  changes: AttributeDifference[];
}

export interface PasswordChange {
  username: string;
  current: string;
  password: string;
}

export interface PasswordPolicy {
  minLength: number;
  minClasses: number;
  historyLength: number;
  expiresAfterDays: number;
  maxFailures: number;
  lockMinutes: number;
  maxFailuresOfAddress: number;
  addressMinutes: number;
}

export interface PasswordPolicyChange {
  minLength?: number;
  minClasses?: number;
  historyLength?: number;
  expiresAfterDays?: number;
  maxFailures?: number;
  lockMinutes?: number;
  maxFailuresOfAddress?: number;
  addressMinutes?: number;
}

export interface NewUser {
  name: string;
  password: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  department?: string;
}

export interface AddedUser {
  id: string;
  name: string;
  principal: string;
}

export interface UserChange {
  password?: string;
  enabled?: boolean;
  unlock?: boolean;
  removeSecondFactor?: boolean;
  validUntil?: string | number | null;
}

/** How far a kind of samples is summed up into hours, or hours into days. */
export interface WarehouseProgress {
  family: string;
  grain: SummedGrain;
  pending: number;
  summedUntil: number;
  lastSuccess: number | null;
  failures: number;
  error: string | null;
}

/** How the history is summed up, and for how many hours rows are kept; daily rows of 0 hours are not made. */
export interface Warehouse {
  timeZone: string;
  samplesHours: number;
  hourlyHours: number;
  dailyHours: number;
  alertDays: number;
  alertPercent: number;
  progress: WarehouseProgress[];
}

/** What is left out stays as it is; a scale sets all three retentions. */
export interface WarehouseChange {
  scale?: RetentionScale;
  timeZone?: string;
  samplesHours?: number;
  hourlyHours?: number;
  dailyHours?: number;
  alertDays?: number;
  alertPercent?: number;
}

export interface WarehouseSpan {
  from: string | number;
  to: string | number;
}

/** How many hours and days of all kinds will be summed up again. */
export interface WarehouseRebuild {
  hours: number;
  days: number;
}

/** The report stands in the menu of this kind of objects, and takes them as this criterion. */
export interface ReportMenu {
  kind: ReportObjectKind;
  criterion: string;
}

/** A report or dashboard, with the criteria that it takes, and those that it needs beside the period. */
export interface ReportEntry {
  code: string;
  name: string;
  group: string;
  kind: ReportKind;
  criteria: string[];
  needs: string[];
  menus: ReportMenu[];
  most?: number;
}

/** One line, column, slice or point of a chart. Of a meter: what is reached, and of how much. Of a scatter: its two coordinates. With upTo it is a band from values to there. */
export interface ReportSeries {
  name: string;
  values: (number | null)[];
  dashed?: boolean;
  upTo?: (number | null)[];
}

/** A chart: over the points of the report when it has no categories. */
export interface ReportChart {
  type: ReportChartType;
  title: string;
  subtitle: string;
  unit: ReportUnit;
  across?: boolean;
  categories?: string[];
  series: ReportSeries[];
}

export interface ReportColumn {
  title: string;
  unit: ReportUnit;
}

/** A table: rows of texts, numbers and dates (epoch milliseconds), in the order of its columns; money is a decimal as a text; cut says that there are more. */
export interface ReportTable {
  title: string;
  columns: ReportColumn[];
  rows: unknown[];
  cut: boolean;
}

/** What a report is restricted to, in words. */
export interface ReportCriterion {
  name: string;
  label: string;
  value: string;
}

/** An object that the history knows, gone or not, by its last name. */
export interface ReportChoice {
  id: string;
  name: string;
  removed: number | null;
}

/** What VMs cost while they run in a cluster: an hour of a virtual CPU, an hour of a GiB of memory. */
export interface ClusterPrice {
  cluster: string;
  vcpuHour: string;
  memoryGibHour: string;
}

/** What a GiB of disks costs for a month (730 hours): in one storage domain, or in all of a type. */
export interface StoragePrice {
  storageDomain?: string;
  storageType?: ReportStorageType;
  gibMonth: string;
}

/** Prices in a currency of ISO 4217, as decimals in texts. What clusters and storage does not name costs what stands beside them. */
export interface NewPriceList {
  name: string;
  currency: string;
  vcpuHour: string;
  memoryGibHour: string;
  gibMonth: string;
  clusters?: ClusterPrice[];
  storage?: StoragePrice[];
}

/** A price list; who is no administrator sees prices of those clusters and storage domains that he may see. */
export interface PriceList {
  id: string;
  name: string;
  currency: string;
  vcpuHour: string;
  memoryGibHour: string;
  gibMonth: string;
  clusters: ClusterPrice[];
  storage: StoragePrice[];
}

/** When a report is sent: at an hour of each day, of Mondays or of the first of each month, about the last whole period. */
export interface ReportSchedule {
  every: ReportInterval;
  hour: number;
  format: ReportFile;
  to: string[];
}

/** A report that its keeper has with its criteria, and when it is sent; error is why it could not be sent. */
export interface SavedReport {
  id: string;
  name: string;
  report: string;
  criteria: unknown;
  schedule: ReportSchedule | null;
  nextSending: number | null;
  lastSending: number | null;
  error: string | null;
}

export interface NewSavedReport {
  name: string;
  report: string;
  criteria: unknown;
  schedule?: ReportSchedule | null;
}

/** A report's figures: of minutes for an hour, of hours for a day, of days for longer periods. What is not known is null. */
export interface Report {
  code: string;
  name: string;
  group: string;
  heading: string;
  period: ReportPeriod | null;
  from: number | null;
  to: number | null;
  timeZone: string;
  criteria: ReportCriterion[];
  hasData: boolean;
  points: number[];
  charts: ReportChart[];
  tables: ReportTable[];
}

export interface WarehouseReader {
  password: string;
}

/** A view of the warehouse; timed ones have rows of times, and can be asked for a period. */
export interface WarehouseViewEntry {
  name: string;
  description: string;
  timed: boolean;
}

export interface WarehouseChoice {
  value: number;
  name: string;
}

/** A column of a view: what it holds, in which unit, and of numbers that stand for words these. */
export interface WarehouseColumn {
  name: string;
  description: string;
  kind: QueryColumnKind;
  unit: ReportUnit;
  choices?: WarehouseChoice[];
}

export interface WarehouseView {
  name: string;
  description: string;
  timed: boolean;
  columns: WarehouseColumn[];
}

/** A column of a result: of the view as it is or by steps of time, or an aggregate of it; a count without a name counts rows. */
export interface QueryColumn {
  name?: string;
  step?: QueryStep;
  aggregate?: QueryAggregate;
}

/** Which rows count: several values of is are alternatives, several of is_not are all excluded. */
export interface QueryFilter {
  column: string;
  operator: QueryOperator;
  values?: unknown[];
}

/** Rows of the time before now, or from one day to the end of another in the warehouse's time zone. */
export interface QueryPeriod {
  last?: QuerySpan;
  from?: string;
  to?: string;
}

/** Sorts by a column of the result, the first being 0. */
export interface QuerySort {
  column: number;
  descending?: boolean;
}

/** What is asked of a view. With an aggregate among the columns the others are what rows are grouped by. */
export interface WarehouseQuery {
  view: string;
  columns: QueryColumn[];
  filters?: QueryFilter[];
  period?: QueryPeriod;
  sort?: QuerySort[];
  limit?: number;
  chart?: QueryChart;
}

/** A query that its keeper has. */
export interface SavedQuery {
  id: string;
  name: string;
  query: WarehouseQuery;
}

export interface NewSavedQuery {
  name: string;
  query: WarehouseQuery;
}

/** Where mails to subscribers of events are sent from; the names of the notifier's configuration in other letters. */
export interface MailServer {
  server: string;
  port: number;
  encryption: MailEncryption;
  caPem: string | null;
  user: string | null;
  from: string;
  replyTo: string | null;
  html: boolean;
  retries: number;
  historyDays: number;
}

/** The mail server, whole: what is left out is as at first, but for the password, which stays for the same server and user. Ports are 25, 465 (ssl) and 587 (tls) unless said. */
export interface MailServerChange {
  server: string;
  port?: number;
  encryption?: MailEncryption;
  caPem?: string | null;
  user?: string | null;
  password?: string | null;
  from: string;
  replyTo?: string | null;
  html?: boolean;
  retries?: number;
  historyDays?: number;
}

export interface MailTestAddress {
  address: string;
}

export interface MailTest {
  works: boolean;
  reason?: string;
}

export interface OptionValue {
  value: string | null;
  version?: string;
}

export interface SearchResult {
  id: string;
  name?: string;
  href?: string;
}

export interface SearchResults {
  kind: string;
  total: number;
  page?: number;
  results: SearchResult[];
}

export interface Suggestion {
  text: string;
  kind: string;
}

/** Names in order; of more than were asked for also the outermost two by their characters, so that all have in common what these have. */
export interface FoundNames {
  total: number;
  names: string[];
}

export interface SearchCompletion {
  from: number;
  suggestions: Suggestion[];
}

export interface EnrolmentTokenRequest {
  cluster?: string;
}

export interface EnrolmentToken {
  token: string;
  expires: number;
  fingerprint: string;
}

export interface EnrolmentRequest {
  token: string;
  name: string;
  address: string;
  port: number;
  uuid: string;
  csr: string;
  agentVersion?: string;
}

export interface Enrolment {
  id: string;
  host: string;
  state: EnrolmentState;
}

export interface EnrolmentProgress {
  state: EnrolmentState;
  host?: string;
  certificate?: string;
  ca?: string;
}

export interface DiskImport {
  url: string;
}

export interface StartedJob {
  job: string;
}

/** One entry to a guest's screen: a WebSocket path of the engine that carries RFB, and the password that RFB asks for. */
export interface ConsoleTicket {
  path: string;
  password: string;
  expires: number;
}

export interface SshHostKey {
  type: string;
  fingerprint: string;
  publicKey: string;
}

/** The SSH server of the serial consoles: the name to sign in by, its port (null where it is switched off), and the keys by which it is known. */
export interface SerialConsoleProxy {
  user: string;
  port: number | null;
  hostKeys: SshHostKey[];
}

/** One entry to a guest's serial port: a WebSocket path of the engine that carries its bytes. */
export interface SerialConsoleTicket {
  path: string;
  expires: number;
}

/** Whether an action may be taken now, and if not, why not. */
export interface AllowedAction {
  action: string;
  allowed: boolean;
  code?: string;
  reason?: string;
}

/** The actions of one object; found is false where there is none, or none that may be seen. */
export interface AllowedActions {
  type: string;
  id: string;
  found: boolean;
  actions: AllowedAction[];
}

export interface NewDirectory {
  profile: string;
  domain?: string;
  kind: DirectoryKind;
  servers: string[];
  tls?: DirectoryTls;
  caPem?: string | null;
  baseDn: string;
  bindDn?: string | null;
  bindPassword?: string | null;
}

export interface DirectoryChange {
  profile?: string;
  domain?: string;
  kind?: DirectoryKind;
  servers?: string[];
  tls?: DirectoryTls;
  caPem?: string | null;
  baseDn?: string;
  bindDn?: string | null;
  bindPassword?: string | null;
}

export interface Directory {
  id: string;
  profile: string;
  domain: string;
  kind: DirectoryKind;
  servers: string[];
  tls: DirectoryTls;
  caPem: string | null;
  baseDn: string;
  bindDn: string | null;
}

export interface Directories {
  directories: Directory[];
}

export interface DirectoryTest {
  works: boolean;
  usersSeen?: number;
  reason?: string;
}

/** Something in the engine changed. It says what, not how: read the object again. version is the object's as its entity tag has it before the dot, for who reads all of the object; a client whose tag begins so has seen the change. fields names the attributes that differ from what the feed told of the object before; an empty list is a change of something below the object. Both are left out where they are not known (also for what is added or removed): then anything may have changed. */
export interface Change {
  seq: number;
  type: ChangeType;
  id: string;
  op: ChangeOperation;
  version?: string;
  fields?: string[];
}

/** A part of a list: ids and rows of it in order, the number of all that was found, and how far the change feed was before it was read. A row has what lists show of the object, named as in the REST API; sizes and dates are numbers. */
export interface ListPart {
  seq: number;
  total: number;
  from: number;
  ids: string[];
  rows: unknown[];
}

/** How many objects have something in common, and how many of them are up or run; key is a status or the id of what they belong to. Of VMs also the processors and bytes of memory that they are promised together. */
export interface Count {
  key: string;
  count: number;
  running: number;
  cpus?: number;
  memory?: number;
}

/** What changed since the frame before, gathered: changes are of kinds that are not listed in windows, and of watched objects; lists has for each window, by its key, what is new of it (total, ids when they differ, rows), touched the kinds whose objects changed. reload says that something was left out: read everything again. */
export interface Frame {
  seq: number;
  changes?: Change[];
  lists?: unknown;
  touched?: ListKind[];
  reload?: boolean;
}

/** Latest figures of one object; what is unknown is left out, never zero. */
export interface Statistics {
  type: SampledKind;
  id: string;
  cpuPercent?: number;
  memoryPercent?: number;
  networkPercent?: number;
}

/** What can be asked of each method: ids of its path, parameters, body and answer. */
export interface VirgateCalls {
  ProposalsService: {
    get: { path: Record<never, never>; params: { state?: ProposalState; user?: string; max?: number; page?: number }; body: undefined; answer: Proposals };
  };
  ProposalService: {
    get: { path: { proposal: string }; params: Record<never, never>; body: undefined; answer: Proposal };
    approve: { path: { proposal: string }; params: Record<never, never>; body: ProposalDecision; answer: Proposal };
    reject: { path: { proposal: string }; params: Record<never, never>; body: ProposalDecision; answer: Proposal };
  };
  ProposalPoliciesService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: ProposalPolicies };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewProposalPolicy; answer: ProposalPolicy };
  };
  ProposalPolicyService: {
    remove: { path: { policy: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  AssistantCallsService: {
    get: { path: Record<never, never>; params: { user?: string; max?: number; page?: number }; body: undefined; answer: AssistantCalls };
  };
  SessionsService: {
    add: { path: Record<never, never>; params: Record<never, never>; body: Credentials; answer: Session };
    get: { path: Record<never, never>; params: { user?: string; max?: number; page?: number }; body: undefined; answer: OpenSessions };
    removeAll: { path: Record<never, never>; params: { user: string }; body: undefined; answer: EndedSessions };
  };
  SessionService: {
    remove: { path: { session: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  WhoamiService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: Whoami };
  };
  TokensService: {
    get: { path: Record<never, never>; params: { user?: string }; body: undefined; answer: ApiTokens };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewApiToken; answer: MadeApiToken };
  };
  TokenService: {
    remove: { path: { token: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  CurrentSessionService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: Session };
    remove: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: undefined };
  };
  PasswordService: {
    change: { path: Record<never, never>; params: Record<never, never>; body: PasswordChange; answer: undefined };
  };
  SecondFactorSessionService: {
    add: { path: Record<never, never>; params: Record<never, never>; body: SecondFactorCode; answer: Session };
  };
  SecondFactorService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: SecondFactor };
    begin: { path: Record<never, never>; params: Record<never, never>; body: SecondFactorStart; answer: SecondFactorEnrolment };
    confirm: { path: Record<never, never>; params: Record<never, never>; body: SecondFactorCode; answer: RecoveryCodes };
    remove: { path: Record<never, never>; params: Record<never, never>; body: SecondFactorCode; answer: undefined };
  };
  SecondFactorPolicyService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: SecondFactorPolicy };
    update: { path: Record<never, never>; params: Record<never, never>; body: SecondFactorPolicy; answer: SecondFactorPolicy };
  };
  NetworkSecurityGroupsService: {
    get: { path: { provider: string }; params: Record<never, never>; body: undefined; answer: SecurityGroups };
    add: { path: { provider: string }; params: Record<never, never>; body: NewSecurityGroup; answer: SecurityGroup };
  };
  NetworkSecurityGroupService: {
    get: { path: { provider: string; group: string }; params: Record<never, never>; body: undefined; answer: SecurityGroup };
    update: { path: { provider: string; group: string }; params: Record<never, never>; body: SecurityGroupChange; answer: SecurityGroup };
    remove: { path: { provider: string; group: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  OpenidProvidersService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: OpenidProviders };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewOpenidProvider; answer: OpenidProvider };
  };
  OpenidProviderService: {
    get: { path: { provider: string }; params: Record<never, never>; body: undefined; answer: OpenidProvider };
    update: { path: { provider: string }; params: Record<never, never>; body: OpenidProviderChange; answer: OpenidProvider };
    remove: { path: { provider: string }; params: Record<never, never>; body: undefined; answer: undefined };
    test: { path: { provider: string }; params: Record<never, never>; body: undefined; answer: OpenidProviderTest };
  };
  SsoClientsService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: SsoClients };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewSsoClient; answer: MadeSsoClient };
  };
  SsoClientService: {
    get: { path: { client: string }; params: Record<never, never>; body: undefined; answer: SsoClient };
    update: { path: { client: string }; params: Record<never, never>; body: SsoClientChange; answer: SsoClient };
    renewSecret: { path: { client: string }; params: Record<never, never>; body: undefined; answer: MadeSsoClient };
    remove: { path: { client: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  PasswordPolicyService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: PasswordPolicy };
    update: { path: Record<never, never>; params: Record<never, never>; body: PasswordPolicyChange; answer: PasswordPolicy };
  };
  UsersService: {
    add: { path: Record<never, never>; params: Record<never, never>; body: NewUser; answer: AddedUser };
  };
  UserService: {
    update: { path: { user: string }; params: Record<never, never>; body: UserChange; answer: undefined };
  };
  OptionService: {
    update: { path: { option: string }; params: Record<never, never>; body: OptionValue; answer: undefined };
  };
  MailService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: MailServer };
    update: { path: Record<never, never>; params: Record<never, never>; body: MailServerChange; answer: MailServer };
    remove: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: undefined };
    test: { path: Record<never, never>; params: Record<never, never>; body: MailTestAddress; answer: MailTest };
  };
  WarehouseService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: Warehouse };
    update: { path: Record<never, never>; params: Record<never, never>; body: WarehouseChange; answer: Warehouse };
    rebuild: { path: Record<never, never>; params: Record<never, never>; body: WarehouseSpan; answer: WarehouseRebuild };
  };
  WarehouseExportService: {
    get: { path: { view: string }; params: { from?: string | number; to?: string | number; format?: WarehouseFile }; body: undefined; answer: undefined };
  };
  WarehouseReaderService: {
    update: { path: { reader: string }; params: Record<never, never>; body: WarehouseReader; answer: undefined };
    remove: { path: { reader: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  WarehouseViewsService: {
    list: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: WarehouseViewEntry[] };
  };
  WarehouseViewService: {
    get: { path: { view: string }; params: Record<never, never>; body: undefined; answer: WarehouseView };
  };
  WarehouseQueryService: {
    run: { path: Record<never, never>; params: Record<never, never>; body: WarehouseQuery; answer: Report };
    download: { path: Record<never, never>; params: { query: string; format: QueryFile; chart?: number }; body: undefined; answer: undefined };
  };
  SavedQueriesService: {
    list: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: SavedQuery[] };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewSavedQuery; answer: SavedQuery };
  };
  SavedQueryService: {
    update: { path: { savedQuery: string }; params: Record<never, never>; body: NewSavedQuery; answer: SavedQuery };
    remove: { path: { savedQuery: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  ReportsService: {
    list: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: ReportEntry[] };
  };
  ReportService: {
    get: { path: { report: string }; params: { period?: ReportPeriod; startDate?: string; startHour?: number; endDate?: string; showDeleted?: boolean; dataCenter?: string; cluster?: string; hostType?: ReportHostType; host?: string; hosts?: string[]; vmType?: ReportVmType; operatingSystem?: number; vm?: string; vms?: string[]; storageType?: ReportStorageType; storageDomain?: string; cpuThreshold?: number; memoryThreshold?: number; measure?: ReportMeasure; figure?: ReportFigure; groupByTag?: boolean; displayBy?: ReportDisplay; historyDays?: number; horizonDays?: number; fullPercent?: number; costBy?: ReportCostBy; priceList?: string }; body: undefined; answer: Report };
    download: { path: { report: string }; params: { format: ReportFile | ReportPicture; chart?: number; period?: ReportPeriod; startDate?: string; startHour?: number; endDate?: string; showDeleted?: boolean; dataCenter?: string; cluster?: string; hostType?: ReportHostType; host?: string; hosts?: string[]; vmType?: ReportVmType; operatingSystem?: number; vm?: string; vms?: string[]; storageType?: ReportStorageType; storageDomain?: string; cpuThreshold?: number; memoryThreshold?: number; measure?: ReportMeasure; figure?: ReportFigure; groupByTag?: boolean; displayBy?: ReportDisplay; historyDays?: number; horizonDays?: number; fullPercent?: number; costBy?: ReportCostBy; priceList?: string }; body: undefined; answer: undefined };
  };
  ReportChoicesService: {
    list: { path: Record<never, never>; params: { kind: ReportObjectKind; search?: string; dataCenter?: string; cluster?: string; showDeleted?: boolean }; body: undefined; answer: ReportChoice[] };
  };
  SavedReportsService: {
    list: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: SavedReport[] };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewSavedReport; answer: SavedReport };
  };
  SavedReportService: {
    update: { path: { savedReport: string }; params: Record<never, never>; body: NewSavedReport; answer: SavedReport };
    remove: { path: { savedReport: string }; params: Record<never, never>; body: undefined; answer: undefined };
    send: { path: { savedReport: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  PriceListsService: {
    list: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: PriceList[] };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewPriceList; answer: PriceList };
  };
  PriceListService: {
    get: { path: { priceList: string }; params: Record<never, never>; body: undefined; answer: PriceList };
    update: { path: { priceList: string }; params: Record<never, never>; body: NewPriceList; answer: PriceList };
    remove: { path: { priceList: string }; params: Record<never, never>; body: undefined; answer: undefined };
  };
  SearchService: {
    get: { path: Record<never, never>; params: { query: string }; body: undefined; answer: SearchResults };
  };
  ListsService: {
    get: { path: Record<never, never>; params: { kind: ListKind; search?: string; sort?: string; descending?: boolean; from?: number; count?: number; ids?: string[] }; body: undefined; answer: ListPart };
    ids: { path: Record<never, never>; params: { kind: ListKind; search?: string; sort?: string; descending?: boolean }; body: undefined; answer: ListPart };
  };
  CountsService: {
    get: { path: Record<never, never>; params: { kind: CountedKind; by: CountedBy; search?: string }; body: undefined; answer: Count[] };
  };
  SearchCompletionService: {
    get: { path: Record<never, never>; params: { query: string }; body: undefined; answer: SearchCompletion };
  };
  NamesService: {
    get: { path: Record<never, never>; params: { kind: NamedKind; beginning?: string; max?: number }; body: undefined; answer: FoundNames };
  };
  HostEnrolmentTokensService: {
    add: { path: Record<never, never>; params: Record<never, never>; body: EnrolmentTokenRequest; answer: EnrolmentToken };
  };
  HostEnrolmentsService: {
    add: { path: Record<never, never>; params: Record<never, never>; body: EnrolmentRequest; answer: Enrolment };
  };
  HostEnrolmentService: {
    get: { path: { enrolment: string }; params: Record<never, never>; body: undefined; answer: EnrolmentProgress };
  };
  DiskService: {
    import: { path: { disk: string }; params: Record<never, never>; body: DiskImport; answer: StartedJob };
  };
  VmConsoleTicketsService: {
    add: { path: { vm: string }; params: Record<never, never>; body: undefined; answer: ConsoleTicket };
  };
  VmSerialConsoleTicketsService: {
    add: { path: { vm: string }; params: Record<never, never>; body: undefined; answer: SerialConsoleTicket };
  };
  SerialConsoleProxyService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: SerialConsoleProxy };
  };
  VmPlacementsService: {
    list: { path: { vm: string }; params: Record<never, never>; body: undefined; answer: Placement[] };
  };
  VmNextRunService: {
    get: { path: { vm: string }; params: Record<never, never>; body: undefined; answer: NextRun };
  };
  JobCancellationService: {
    get: { path: { job: string }; params: Record<never, never>; body: undefined; answer: JobCancellation };
    request: { path: { job: string }; params: Record<never, never>; body: undefined; answer: JobCancellation };
  };
  CanService: {
    get: { path: Record<never, never>; params: { objects: string[]; actions?: string[] }; body: undefined; answer: AllowedActions[] };
  };
  DirectoriesService: {
    get: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: Directories };
    add: { path: Record<never, never>; params: Record<never, never>; body: NewDirectory; answer: Directory };
  };
  DirectoryService: {
    get: { path: { directory: string }; params: Record<never, never>; body: undefined; answer: Directory };
    update: { path: { directory: string }; params: Record<never, never>; body: DirectoryChange; answer: Directory };
    remove: { path: { directory: string }; params: Record<never, never>; body: undefined; answer: undefined };
    test: { path: { directory: string }; params: Record<never, never>; body: undefined; answer: DirectoryTest };
  };
  ChangesService: {
    follow: { path: Record<never, never>; params: { since?: number; windows?: string }; body: undefined; answer: undefined };
  };
  StatisticsService: {
    follow: { path: Record<never, never>; params: Record<never, never>; body: undefined; answer: undefined };
  };
}

export type VirgateTypeName = 'Proposal' | 'ProposalDecision' | 'Proposals' | 'ProposalPolicy' | 'ProposalPolicies' | 'NewProposalPolicy' | 'AssistantCall' | 'AssistantCalls'
  | 'SecurityGroupRule' | 'SecurityGroup' | 'SecurityGroups' | 'NewSecurityGroup' | 'SecurityGroupChange' | 'Refusal' | 'Credentials' | 'SessionUser'
  | 'Session' | 'SecondFactorCode' | 'SecondFactor' | 'SecondFactorStart' | 'SecondFactorEnrolment' | 'RecoveryCodes' | 'SecondFactorPolicy'
  | 'OpenidProvider' | 'OpenidProviders' | 'NewOpenidProvider' | 'OpenidProviderChange' | 'OpenidProviderTest' | 'SsoClient' | 'MadeSsoClient'
  | 'SsoClients' | 'NewSsoClient' | 'SsoClientChange' | 'UserName' | 'OpenSession' | 'OpenSessions' | 'EndedSessions' | 'WhoamiUser' | 'WhoamiRole'
  | 'WhoamiSession' | 'Whoami' | 'TokenPermits' | 'ApiToken' | 'MadeApiToken' | 'ApiTokens' | 'NewApiToken' | 'AttributeDifference' | 'PlacementReason'
  | 'PlacementScore' | 'PlacementWeight' | 'PlacementHost' | 'Placement' | 'JobCancellation' | 'NextRun' | 'PasswordChange' | 'PasswordPolicy'
  | 'PasswordPolicyChange' | 'NewUser' | 'AddedUser' | 'UserChange' | 'WarehouseProgress' | 'Warehouse' | 'WarehouseChange' | 'WarehouseSpan'
  | 'WarehouseRebuild' | 'ReportMenu' | 'ReportEntry' | 'ReportSeries' | 'ReportChart' | 'ReportColumn' | 'ReportTable' | 'ReportCriterion'
  | 'ReportChoice' | 'ClusterPrice' | 'StoragePrice' | 'NewPriceList' | 'PriceList' | 'ReportSchedule' | 'SavedReport' | 'NewSavedReport' | 'Report'
  | 'WarehouseReader' | 'WarehouseViewEntry' | 'WarehouseChoice' | 'WarehouseColumn' | 'WarehouseView' | 'QueryColumn' | 'QueryFilter' | 'QueryPeriod'
  | 'QuerySort' | 'WarehouseQuery' | 'SavedQuery' | 'NewSavedQuery' | 'MailServer' | 'MailServerChange' | 'MailTestAddress' | 'MailTest'
  | 'OptionValue' | 'SearchResult' | 'SearchResults' | 'Suggestion' | 'FoundNames' | 'SearchCompletion' | 'EnrolmentTokenRequest' | 'EnrolmentToken'
  | 'EnrolmentRequest' | 'Enrolment' | 'EnrolmentProgress' | 'DiskImport' | 'StartedJob' | 'ConsoleTicket' | 'SshHostKey' | 'SerialConsoleProxy'
  | 'SerialConsoleTicket' | 'AllowedAction' | 'AllowedActions' | 'NewDirectory' | 'DirectoryChange' | 'Directory' | 'Directories' | 'DirectoryTest'
  | 'Change' | 'ListPart' | 'Count' | 'Frame' | 'Statistics';

export const virgateEnums: Readonly<Record<string, readonly string[]>> = {
  DirectoryKind: ['rfc2307', 'ipa', 'active_directory'],
  DirectoryTls: ['none', 'start_tls', 'ldaps'],
  EnrolmentState: ['pending', 'approved', 'removed'],
  ChangeType: ['data_center', 'cluster', 'host', 'vm', 'vm_pool', 'template', 'instance_type', 'storage_domain', 'disk', 'disk_attachment', 'nic', 'network', 'vnic_profile', 'event', 'job', 'permission', 'user', 'role', 'group', 'tag', 'bookmark', 'mac_pool', 'quota', 'qos', 'cpu_profile', 'disk_profile', 'affinity_group', 'affinity_label', 'scheduling_policy', 'proposal'],
  ChangeOperation: ['add', 'update', 'remove'],
  SessionKind: ['sso', 'session', 'browser', 'login', 'api', 'refresh', 'ssh'],
  SecondFactorPlace: ['local', 'provider'],
  SecondFactorWanted: ['nobody', 'administrators', 'everybody'],
  TokenScope: ['full', 'read_only'],
  MailEncryption: ['none', 'ssl', 'tls'],
  SecurityRuleDirection: ['ingress', 'egress'],
  SecurityRuleProtocol: ['tcp', 'udp', 'icmp'],
  AddressVersion: ['v4', 'v6'],
  SampledKind: ['vm', 'host'],
  ListKind: ['vm', 'disk'],
  NamedKind: ['vm', 'template', 'instance_type', 'host', 'cluster', 'data_center', 'storage_domain', 'disk', 'network', 'vnic_profile', 'vm_pool'],
  CountedKind: ['vm', 'host'],
  CountedBy: ['status', 'cluster', 'pool', 'template', 'host'],
  RetentionScale: ['basic', 'full'],
  SummedGrain: ['hour', 'day'],
  ReportPeriod: ['hourly', 'daily', 'monthly', 'quarterly', 'yearly'],
  ReportVmType: ['desktop', 'server', 'high_performance'],
  ReportKind: ['report', 'dashboard', 'unit'],
  ReportHostType: ['host', 'hypervisor'],
  ReportStorageType: ['nfs', 'fcp', 'iscsi', 'localfs', 'posixfs', 'glusterfs', 'glance', 'cinder', 'managed_block_storage'],
  ReportMeasure: ['cpu', 'memory'],
  ReportFigure: ['average', 'max'],
  ReportDisplay: ['data_center', 'cluster'],
  ReportCostBy: ['vm', 'user', 'tag', 'data_center', 'cluster'],
  ReportChartType: ['line', 'bar', 'stacked_bar', 'pie', 'meter', 'scatter', 'heatmap'],
  ReportUnit: ['text', 'time', 'count', 'percent', 'minutes', 'hours', 'megabytes', 'gigabytes', 'bytes_per_second', 'money'],
  ReportFile: ['csv', 'xlsx', 'pdf'],
  ReportObjectKind: ['data_center', 'cluster', 'host', 'vm', 'storage_domain'],
  WarehouseFile: ['parquet', 'csv'],
  ReportPicture: ['svg'],
  QueryColumnKind: ['text', 'id', 'number', 'choice', 'boolean', 'time', 'day'],
  QueryAggregate: ['count', 'distinct', 'sum', 'avg', 'min', 'max'],
  QueryStep: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
  QueryOperator: ['is', 'is_not', 'less', 'at_most', 'at_least', 'greater', 'contains', 'begins', 'is_null', 'is_not_null'],
  QuerySpan: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
  QueryChart: ['none', 'bar', 'line'],
  QueryFile: ['csv', 'xlsx', 'pdf', 'parquet', 'svg'],
  ProposalState: ['pending', 'running', 'done', 'failed', 'rejected', 'expired'],
  CancellationState: ['possible', 'requested', 'not_cancellable', 'too_late', 'ended'],
  ReportInterval: ['day', 'week', 'month'],
};

export const virgateTypes: Readonly<Record<VirgateTypeName, VirgateType>> = {
  Proposal: { does: 'What an assistant asked for, and what became of it.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'user', type: 'UserName' }, { name: 'operation', type: 'string' }, { name: 'http', type: 'string' }, { name: 'path', type: 'string' }, { name: 'body', type: 'any', nullable: true }, { name: 'reason', type: 'string' }, { name: 'state', type: 'ProposalState' }, { name: 'created', type: 'date' }, { name: 'expires', type: 'date' }, { name: 'decidedBy', type: 'string', nullable: true }, { name: 'decided', type: 'date', nullable: true }, { name: 'decisionReason', type: 'string', nullable: true }, { name: 'status', type: 'integer', nullable: true }, { name: 'answer', type: 'any', nullable: true }] },
  ProposalDecision: { attrs: [{ name: 'reason', type: 'string', optional: true, max: 2000 }] },
  Proposals: { attrs: [{ name: 'proposals', type: 'Proposal', list: true }, { name: 'total', type: 'integer' }] },
  ProposalPolicy: { does: 'Operations that are carried out at once when an assistant of these users asks for them; of no users named: of everybody.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'operations', type: 'string', list: true }, { name: 'users', type: 'uuid', list: true }] },
  ProposalPolicies: { attrs: [{ name: 'policies', type: 'ProposalPolicy', list: true }] },
  NewProposalPolicy: { attrs: [{ name: 'name', type: 'string', min: 1, max: 100 }, { name: 'operations', type: 'string', list: true, min: 1, max: 200 }, { name: 'users', type: 'uuid', list: true, optional: true, max: 1000 }] },
  AssistantCall: { does: 'One call of a tool by an assistant.', attrs: [{ name: 'at', type: 'date' }, { name: 'user', type: 'UserName' }, { name: 'session', type: 'uuid' }, { name: 'tool', type: 'string' }, { name: 'arguments', type: 'any' }, { name: 'status', type: 'integer' }, { name: 'durationMs', type: 'integer' }, { name: 'proposal', type: 'uuid', nullable: true }] },
  AssistantCalls: { attrs: [{ name: 'calls', type: 'AssistantCall', list: true }, { name: 'total', type: 'integer' }] },
  SecurityGroupRule: { does: 'What guests in a security group take or send.', attrs: [{ name: 'direction', type: 'SecurityRuleDirection' }, { name: 'version', type: 'AddressVersion' }, { name: 'protocol', type: 'SecurityRuleProtocol', optional: true }, { name: 'portFrom', type: 'integer', optional: true, min: 1, max: 65535 }, { name: 'portTo', type: 'integer', optional: true, min: 1, max: 65535 }, { name: 'remoteCidr', type: 'string', optional: true, max: 64 }, { name: 'remoteGroupId', type: 'uuid', optional: true }] },
  SecurityGroup: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'description', type: 'string' }, { name: 'rules', type: 'SecurityGroupRule', list: true }] },
  SecurityGroups: { attrs: [{ name: 'groups', type: 'SecurityGroup', list: true }] },
  NewSecurityGroup: { attrs: [{ name: 'name', type: 'string', min: 1, max: 255 }, { name: 'description', type: 'string', optional: true, max: 1000 }, { name: 'rules', type: 'SecurityGroupRule', list: true, max: 200 }] },
  SecurityGroupChange: { attrs: [{ name: 'name', type: 'string', optional: true, min: 1, max: 255 }, { name: 'description', type: 'string', optional: true, max: 1000 }, { name: 'rules', type: 'SecurityGroupRule', list: true, optional: true, max: 200 }] },
  Refusal: { does: 'What every refusal says.', attrs: [{ name: 'code', type: 'string' }, { name: 'message', type: 'string' }, { name: 'field', type: 'string', optional: true }, { name: 'from', type: 'integer', optional: true }, { name: 'to', type: 'integer', optional: true }] },
  Credentials: { attrs: [{ name: 'username', type: 'string', max: 512 }, { name: 'password', type: 'string', max: 1024 }] },
  SessionUser: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'principal', type: 'string' }, { name: 'administrator', type: 'boolean' }] },
  Session: { attrs: [{ name: 'user', type: 'SessionUser' }, { name: 'expires', type: 'date' }, { name: 'recoveryCodes', type: 'string', list: true, optional: true }] },
  SecondFactorCode: { attrs: [{ name: 'code', type: 'string', min: 1, max: 64 }] },
  SecondFactor: { attrs: [{ name: 'enabled', type: 'boolean' }, { name: 'since', type: 'date', nullable: true }, { name: 'required', type: 'boolean' }, { name: 'recoveryCodes', type: 'integer' }] },
  SecondFactorStart: { attrs: [{ name: 'password', type: 'string', optional: true, max: 1024 }] },
  SecondFactorEnrolment: { does: 'What an authenticator program is told; it is in force once a code of it was confirmed.', attrs: [{ name: 'secret', type: 'string' }, { name: 'uri', type: 'string' }, { name: 'picture', type: 'string' }] },
  RecoveryCodes: { attrs: [{ name: 'recoveryCodes', type: 'string', list: true }] },
  SecondFactorPolicy: { attrs: [{ name: 'required', type: 'SecondFactorWanted' }, { name: 'roles', type: 'string', list: true, max: 200 }] },
  OpenidProvider: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'profile', type: 'string' }, { name: 'domain', type: 'string' }, { name: 'title', type: 'string' }, { name: 'issuer', type: 'string' }, { name: 'clientId', type: 'string' }, { name: 'scopes', type: 'string' }, { name: 'userNameClaim', type: 'string' }, { name: 'groupsClaim', type: 'string' }, { name: 'caPem', type: 'string', nullable: true }, { name: 'secondFactor', type: 'SecondFactorPlace' }] },
  OpenidProviders: { attrs: [{ name: 'providers', type: 'OpenidProvider', list: true }] },
  NewOpenidProvider: { attrs: [{ name: 'profile', type: 'string', min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'domain', type: 'string', optional: true, min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'title', type: 'string', optional: true, min: 1, max: 100 }, { name: 'issuer', type: 'string', min: 1, max: 1024 }, { name: 'clientId', type: 'string', min: 1, max: 255 }, { name: 'clientSecret', type: 'string', min: 1, max: 1024 }, { name: 'scopes', type: 'string', optional: true, min: 1, max: 1000 }, { name: 'userNameClaim', type: 'string', optional: true, min: 1, max: 100 }, { name: 'groupsClaim', type: 'string', optional: true, min: 1, max: 100 }, { name: 'caPem', type: 'string', optional: true, nullable: true, max: 65536 }, { name: 'secondFactor', type: 'SecondFactorPlace', optional: true }] },
  OpenidProviderChange: { attrs: [{ name: 'profile', type: 'string', optional: true, min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'title', type: 'string', optional: true, min: 1, max: 100 }, { name: 'issuer', type: 'string', optional: true, min: 1, max: 1024 }, { name: 'clientId', type: 'string', optional: true, min: 1, max: 255 }, { name: 'clientSecret', type: 'string', optional: true, min: 1, max: 1024 }, { name: 'scopes', type: 'string', optional: true, min: 1, max: 1000 }, { name: 'userNameClaim', type: 'string', optional: true, min: 1, max: 100 }, { name: 'groupsClaim', type: 'string', optional: true, min: 1, max: 100 }, { name: 'caPem', type: 'string', optional: true, nullable: true, max: 65536 }, { name: 'secondFactor', type: 'SecondFactorPlace', optional: true }] },
  OpenidProviderTest: { attrs: [{ name: 'works', type: 'boolean' }, { name: 'reason', type: 'string', optional: true }] },
  SsoClient: { attrs: [{ name: 'id', type: 'string' }, { name: 'name', type: 'string' }, { name: 'redirectUris', type: 'string', list: true }, { name: 'trusted', type: 'boolean' }, { name: 'serviceUser', type: 'uuid', nullable: true }, { name: 'created', type: 'date' }] },
  MadeSsoClient: { does: 'A client with its secret, which is told this once.', attrs: [{ name: 'id', type: 'string' }, { name: 'name', type: 'string' }, { name: 'redirectUris', type: 'string', list: true }, { name: 'trusted', type: 'boolean' }, { name: 'serviceUser', type: 'uuid', nullable: true }, { name: 'created', type: 'date' }, { name: 'secret', type: 'string' }] },
  SsoClients: { attrs: [{ name: 'clients', type: 'SsoClient', list: true }] },
  NewSsoClient: { attrs: [{ name: 'id', type: 'string', min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'name', type: 'string', optional: true, min: 1, max: 100 }, { name: 'redirectUris', type: 'string', list: true, optional: true, max: 20 }, { name: 'trusted', type: 'boolean', optional: true }, { name: 'serviceUser', type: 'uuid', optional: true, nullable: true }] },
  SsoClientChange: { attrs: [{ name: 'name', type: 'string', optional: true, min: 1, max: 100 }, { name: 'redirectUris', type: 'string', list: true, optional: true, max: 20 }, { name: 'trusted', type: 'boolean', optional: true }, { name: 'serviceUser', type: 'uuid', optional: true, nullable: true }] },
  UserName: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }] },
  OpenSession: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'kind', type: 'SessionKind' }, { name: 'user', type: 'UserName' }, { name: 'sourceAddress', type: 'string', nullable: true }, { name: 'userAgent', type: 'string', nullable: true }, { name: 'created', type: 'date' }, { name: 'lastUsed', type: 'date' }, { name: 'expires', type: 'date' }, { name: 'current', type: 'boolean' }] },
  OpenSessions: { attrs: [{ name: 'sessions', type: 'OpenSession', list: true }, { name: 'total', type: 'integer' }] },
  EndedSessions: { attrs: [{ name: 'ended', type: 'integer' }] },
  WhoamiUser: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'principal', type: 'string' }, { name: 'signInName', type: 'string' }, { name: 'domain', type: 'string' }, { name: 'firstName', type: 'string', nullable: true }, { name: 'lastName', type: 'string', nullable: true }, { name: 'email', type: 'string', nullable: true }, { name: 'administrator', type: 'boolean' }] },
  WhoamiRole: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'administrative', type: 'boolean' }] },
  WhoamiSession: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'kind', type: 'SessionKind' }, { name: 'secondFactor', type: 'boolean' }, { name: 'readOnly', type: 'boolean' }, { name: 'permits', type: 'string', list: true, nullable: true }, { name: 'created', type: 'date', optional: true }, { name: 'expires', type: 'date', optional: true }] },
  Whoami: { attrs: [{ name: 'user', type: 'WhoamiUser' }, { name: 'groups', type: 'UserName', list: true }, { name: 'roles', type: 'WhoamiRole', list: true }, { name: 'permits', type: 'string', list: true }, { name: 'session', type: 'WhoamiSession' }] },
  TokenPermits: { attrs: [{ name: 'permits', type: 'string', list: true, min: 1, max: 200 }] },
  ApiToken: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string', nullable: true }, { name: 'user', type: 'UserName' }, { name: 'scope', type: 'TokenScope|TokenPermits' }, { name: 'created', type: 'date' }, { name: 'lastUsed', type: 'date', nullable: true }, { name: 'expires', type: 'date' }] },
  MadeApiToken: { does: 'A new token; the token itself is told this once.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string', nullable: true }, { name: 'user', type: 'UserName' }, { name: 'scope', type: 'TokenScope|TokenPermits' }, { name: 'created', type: 'date' }, { name: 'lastUsed', type: 'date', nullable: true }, { name: 'expires', type: 'date' }, { name: 'token', type: 'string' }] },
  ApiTokens: { attrs: [{ name: 'tokens', type: 'ApiToken', list: true }] },
  NewApiToken: { attrs: [{ name: 'name', type: 'string', min: 1, max: 100, pattern: "^\\s*[^\\p{Cc}\\s][^\\p{Cc}]*$", form: 'a text without control characters' }, { name: 'expires', type: 'timestamp', optional: true }, { name: 'scope', type: 'TokenScope|TokenPermits', optional: true }] },
  AttributeDifference: { attrs: [{ name: 'field', type: 'string' }, { name: 'now', type: 'any' }, { name: 'next', type: 'any' }] },
  PlacementReason: { does: "Why a filter refused a host; code is the contract's message.", attrs: [{ name: 'unit', type: 'string' }, { name: 'code', type: 'string' }, { name: 'values', type: 'any' }] },
  PlacementScore: { does: 'What a weight thought of a host: 1 best, 1000 worst.', attrs: [{ name: 'unit', type: 'string' }, { name: 'score', type: 'integer' }] },
  PlacementWeight: { attrs: [{ name: 'unit', type: 'string' }, { name: 'factor', type: 'integer' }] },
  PlacementHost: { does: 'What the scheduler thought of one host; the rank is the sum of its points, the place its order among the accepted.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'accepted', type: 'boolean' }, { name: 'reasons', type: 'PlacementReason', list: true }, { name: 'scores', type: 'PlacementScore', list: true }, { name: 'rank', type: 'decimal' }, { name: 'place', type: 'integer', nullable: true }] },
  Placement: { does: 'Why a VM was started where it was, or nowhere.', attrs: [{ name: 'job', type: 'uuid' }, { name: 'at', type: 'date' }, { name: 'cluster', type: 'uuid', nullable: true }, { name: 'host', type: 'uuid', nullable: true }, { name: 'code', type: 'string', optional: true }, { name: 'refusals', type: 'string', list: true }, { name: 'weights', type: 'PlacementWeight', list: true }, { name: 'hosts', type: 'PlacementHost', list: true }] },
  JobCancellation: { does: 'Whether a job can be called off, or was.', attrs: [{ name: 'state', type: 'CancellationState' }, { name: 'reason', type: 'string', optional: true }] },
  NextRun: { does: 'What the next start of a VM changes, and since when that is wanted.', attrs: [{ name: 'since', type: 'date', nullable: true }, { name: 'changes', type: 'AttributeDifference', list: true }] },
  PasswordChange: { attrs: [{ name: 'username', type: 'string', max: 512 }, { name: 'current', type: 'string', max: 1024 }, { name: 'password', type: 'string', max: 1024 }] },
  PasswordPolicy: { attrs: [{ name: 'minLength', type: 'integer', min: 6, max: 128 }, { name: 'minClasses', type: 'integer', min: 1, max: 4 }, { name: 'historyLength', type: 'integer', min: 0, max: 24 }, { name: 'expiresAfterDays', type: 'integer', min: 0, max: 3650 }, { name: 'maxFailures', type: 'integer', min: 1, max: 1000 }, { name: 'lockMinutes', type: 'integer', min: 1, max: 10080 }, { name: 'maxFailuresOfAddress', type: 'integer', min: 5, max: 100000 }, { name: 'addressMinutes', type: 'integer', min: 1, max: 1440 }] },
  PasswordPolicyChange: { attrs: [{ name: 'minLength', type: 'integer', optional: true, min: 6, max: 128 }, { name: 'minClasses', type: 'integer', optional: true, min: 1, max: 4 }, { name: 'historyLength', type: 'integer', optional: true, min: 0, max: 24 }, { name: 'expiresAfterDays', type: 'integer', optional: true, min: 0, max: 3650 }, { name: 'maxFailures', type: 'integer', optional: true, min: 1, max: 1000 }, { name: 'lockMinutes', type: 'integer', optional: true, min: 1, max: 10080 }, { name: 'maxFailuresOfAddress', type: 'integer', optional: true, min: 5, max: 100000 }, { name: 'addressMinutes', type: 'integer', optional: true, min: 1, max: 1440 }] },
  NewUser: { attrs: [{ name: 'name', type: 'string', min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'password', type: 'string', max: 1024 }, { name: 'first_name', type: 'string', optional: true, max: 255 }, { name: 'last_name', type: 'string', optional: true, max: 255 }, { name: 'email', type: 'string', optional: true, max: 255 }, { name: 'department', type: 'string', optional: true, max: 255 }] },
  AddedUser: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'principal', type: 'string' }] },
  UserChange: { attrs: [{ name: 'password', type: 'string', optional: true, max: 1024 }, { name: 'enabled', type: 'boolean', optional: true }, { name: 'unlock', type: 'boolean', optional: true }, { name: 'removeSecondFactor', type: 'boolean', optional: true }, { name: 'validUntil', type: 'timestamp', optional: true, nullable: true }] },
  WarehouseProgress: { does: 'How far a kind of samples is summed up into hours, or hours into days.', attrs: [{ name: 'family', type: 'string' }, { name: 'grain', type: 'SummedGrain' }, { name: 'pending', type: 'integer' }, { name: 'summedUntil', type: 'date' }, { name: 'lastSuccess', type: 'date', nullable: true }, { name: 'failures', type: 'integer' }, { name: 'error', type: 'string', nullable: true }] },
  Warehouse: { does: 'How the history is summed up, and for how many hours rows are kept; daily rows of 0 hours are not made.', attrs: [{ name: 'timeZone', type: 'string' }, { name: 'samplesHours', type: 'integer' }, { name: 'hourlyHours', type: 'integer' }, { name: 'dailyHours', type: 'integer' }, { name: 'alertDays', type: 'integer' }, { name: 'alertPercent', type: 'integer' }, { name: 'progress', type: 'WarehouseProgress', list: true }] },
  WarehouseChange: { does: 'What is left out stays as it is; a scale sets all three retentions.', attrs: [{ name: 'scale', type: 'RetentionScale', optional: true }, { name: 'timeZone', type: 'string', optional: true, min: 1, max: 64 }, { name: 'samplesHours', type: 'integer', optional: true, min: 1, max: 8760 }, { name: 'hourlyHours', type: 'integer', optional: true, min: 1, max: 87600 }, { name: 'dailyHours', type: 'integer', optional: true, min: 0, max: 876000 }, { name: 'alertDays', type: 'integer', optional: true, min: 0, max: 365 }, { name: 'alertPercent', type: 'integer', optional: true, min: 1, max: 100 }] },
  WarehouseSpan: { attrs: [{ name: 'from', type: 'timestamp' }, { name: 'to', type: 'timestamp' }] },
  WarehouseRebuild: { does: 'How many hours and days of all kinds will be summed up again.', attrs: [{ name: 'hours', type: 'integer' }, { name: 'days', type: 'integer' }] },
  ReportMenu: { does: 'The report stands in the menu of this kind of objects, and takes them as this criterion.', attrs: [{ name: 'kind', type: 'ReportObjectKind' }, { name: 'criterion', type: 'string' }] },
  ReportEntry: { does: 'A report or dashboard, with the criteria that it takes, and those that it needs beside the period.', attrs: [{ name: 'code', type: 'string' }, { name: 'name', type: 'string' }, { name: 'group', type: 'string' }, { name: 'kind', type: 'ReportKind' }, { name: 'criteria', type: 'string', list: true }, { name: 'needs', type: 'string', list: true }, { name: 'menus', type: 'ReportMenu', list: true }, { name: 'most', type: 'integer', optional: true }] },
  ReportSeries: { does: 'One line, column, slice or point of a chart. Of a meter: what is reached, and of how much. Of a scatter: its two coordinates. With upTo it is a band from values to there.', attrs: [{ name: 'name', type: 'string' }, { name: 'values', type: 'decimal', list: true, gaps: true }, { name: 'dashed', type: 'boolean', optional: true }, { name: 'upTo', type: 'decimal', list: true, gaps: true, optional: true }] },
  ReportChart: { does: 'A chart: over the points of the report when it has no categories.', attrs: [{ name: 'type', type: 'ReportChartType' }, { name: 'title', type: 'string' }, { name: 'subtitle', type: 'string' }, { name: 'unit', type: 'ReportUnit' }, { name: 'across', type: 'boolean', optional: true }, { name: 'categories', type: 'string', list: true, optional: true }, { name: 'series', type: 'ReportSeries', list: true }] },
  ReportColumn: { attrs: [{ name: 'title', type: 'string' }, { name: 'unit', type: 'ReportUnit' }] },
  ReportTable: { does: 'A table: rows of texts, numbers and dates (epoch milliseconds), in the order of its columns; money is a decimal as a text; cut says that there are more.', attrs: [{ name: 'title', type: 'string' }, { name: 'columns', type: 'ReportColumn', list: true }, { name: 'rows', type: 'any', list: true }, { name: 'cut', type: 'boolean' }] },
  ReportCriterion: { does: 'What a report is restricted to, in words.', attrs: [{ name: 'name', type: 'string' }, { name: 'label', type: 'string' }, { name: 'value', type: 'string' }] },
  ReportChoice: { does: 'An object that the history knows, gone or not, by its last name.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'removed', type: 'date', nullable: true }] },
  ClusterPrice: { does: 'What VMs cost while they run in a cluster: an hour of a virtual CPU, an hour of a GiB of memory.', attrs: [{ name: 'cluster', type: 'uuid' }, { name: 'vcpuHour', type: 'string', pattern: "^\\d{1,12}(\\.\\d{1,9})?$", form: 'a decimal of at least 0 as a text, such as 0.0125, with at most 9 digits after the point' }, { name: 'memoryGibHour', type: 'string', pattern: "^\\d{1,12}(\\.\\d{1,9})?$", form: 'a decimal of at least 0 as a text, such as 0.0125, with at most 9 digits after the point' }] },
  StoragePrice: { does: 'What a GiB of disks costs for a month (730 hours): in one storage domain, or in all of a type.', attrs: [{ name: 'storageDomain', type: 'uuid', optional: true }, { name: 'storageType', type: 'ReportStorageType', optional: true }, { name: 'gibMonth', type: 'string', pattern: "^\\d{1,12}(\\.\\d{1,9})?$", form: 'a decimal of at least 0 as a text, such as 0.0125, with at most 9 digits after the point' }] },
  NewPriceList: { does: 'Prices in a currency of ISO 4217, as decimals in texts. What clusters and storage does not name costs what stands beside them.', attrs: [{ name: 'name', type: 'string', min: 1, max: 100 }, { name: 'currency', type: 'string', pattern: '^[A-Z]{3}$', form: "a currency's code of ISO 4217, such as EUR" }, { name: 'vcpuHour', type: 'string', pattern: "^\\d{1,12}(\\.\\d{1,9})?$", form: 'a decimal of at least 0 as a text, such as 0.0125, with at most 9 digits after the point' }, { name: 'memoryGibHour', type: 'string', pattern: "^\\d{1,12}(\\.\\d{1,9})?$", form: 'a decimal of at least 0 as a text, such as 0.0125, with at most 9 digits after the point' }, { name: 'gibMonth', type: 'string', pattern: "^\\d{1,12}(\\.\\d{1,9})?$", form: 'a decimal of at least 0 as a text, such as 0.0125, with at most 9 digits after the point' }, { name: 'clusters', type: 'ClusterPrice', list: true, max: 1000, optional: true }, { name: 'storage', type: 'StoragePrice', list: true, max: 1000, optional: true }] },
  PriceList: { does: 'A price list; who is no administrator sees prices of those clusters and storage domains that he may see.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'currency', type: 'string' }, { name: 'vcpuHour', type: 'string' }, { name: 'memoryGibHour', type: 'string' }, { name: 'gibMonth', type: 'string' }, { name: 'clusters', type: 'ClusterPrice', list: true }, { name: 'storage', type: 'StoragePrice', list: true }] },
  ReportSchedule: { does: 'When a report is sent: at an hour of each day, of Mondays or of the first of each month, about the last whole period.', attrs: [{ name: 'every', type: 'ReportInterval' }, { name: 'hour', type: 'integer', min: 0, max: 23 }, { name: 'format', type: 'ReportFile' }, { name: 'to', type: 'string', list: true, min: 1, max: 20, pattern: "^[^\\s@,;<>\"]{1,64}@[^\\s@,;<>\"]{1,190}$", form: 'a mail address' }] },
  SavedReport: { does: 'A report that its keeper has with its criteria, and when it is sent; error is why it could not be sent.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'report', type: 'string' }, { name: 'criteria', type: 'any' }, { name: 'schedule', type: 'ReportSchedule', nullable: true }, { name: 'nextSending', type: 'date', nullable: true }, { name: 'lastSending', type: 'date', nullable: true }, { name: 'error', type: 'string', nullable: true }] },
  NewSavedReport: { attrs: [{ name: 'name', type: 'string', min: 1, max: 100 }, { name: 'report', type: 'string', max: 40 }, { name: 'criteria', type: 'any' }, { name: 'schedule', type: 'ReportSchedule', optional: true, nullable: true }] },
  Report: { does: "A report's figures: of minutes for an hour, of hours for a day, of days for longer periods. What is not known is null.", attrs: [{ name: 'code', type: 'string' }, { name: 'name', type: 'string' }, { name: 'group', type: 'string' }, { name: 'heading', type: 'string' }, { name: 'period', type: 'ReportPeriod', nullable: true }, { name: 'from', type: 'date', nullable: true }, { name: 'to', type: 'date', nullable: true }, { name: 'timeZone', type: 'string' }, { name: 'criteria', type: 'ReportCriterion', list: true }, { name: 'hasData', type: 'boolean' }, { name: 'points', type: 'date', list: true }, { name: 'charts', type: 'ReportChart', list: true }, { name: 'tables', type: 'ReportTable', list: true }] },
  WarehouseReader: { attrs: [{ name: 'password', type: 'string', min: 8, max: 255, pattern: '^[ -~]+$', form: 'printable ASCII' }] },
  WarehouseViewEntry: { does: 'A view of the warehouse; timed ones have rows of times, and can be asked for a period.', attrs: [{ name: 'name', type: 'string' }, { name: 'description', type: 'string' }, { name: 'timed', type: 'boolean' }] },
  WarehouseChoice: { attrs: [{ name: 'value', type: 'integer' }, { name: 'name', type: 'string' }] },
  WarehouseColumn: { does: 'A column of a view: what it holds, in which unit, and of numbers that stand for words these.', attrs: [{ name: 'name', type: 'string' }, { name: 'description', type: 'string' }, { name: 'kind', type: 'QueryColumnKind' }, { name: 'unit', type: 'ReportUnit' }, { name: 'choices', type: 'WarehouseChoice', list: true, optional: true }] },
  WarehouseView: { attrs: [{ name: 'name', type: 'string' }, { name: 'description', type: 'string' }, { name: 'timed', type: 'boolean' }, { name: 'columns', type: 'WarehouseColumn', list: true }] },
  QueryColumn: { does: 'A column of a result: of the view as it is or by steps of time, or an aggregate of it; a count without a name counts rows.', attrs: [{ name: 'name', type: 'string', max: 63, optional: true }, { name: 'step', type: 'QueryStep', optional: true }, { name: 'aggregate', type: 'QueryAggregate', optional: true }] },
  QueryFilter: { does: 'Which rows count: several values of is are alternatives, several of is_not are all excluded.', attrs: [{ name: 'column', type: 'string', max: 63 }, { name: 'operator', type: 'QueryOperator' }, { name: 'values', type: 'any', list: true, min: 1, max: 100, optional: true }] },
  QueryPeriod: { does: "Rows of the time before now, or from one day to the end of another in the warehouse's time zone.", attrs: [{ name: 'last', type: 'QuerySpan', optional: true }, { name: 'from', type: 'string', pattern: "^\\d{4}-\\d{2}-\\d{2}$", form: 'a day as YYYY-MM-DD', optional: true }, { name: 'to', type: 'string', pattern: "^\\d{4}-\\d{2}-\\d{2}$", form: 'a day as YYYY-MM-DD', optional: true }] },
  QuerySort: { does: 'Sorts by a column of the result, the first being 0.', attrs: [{ name: 'column', type: 'integer', min: 0, max: 29 }, { name: 'descending', type: 'boolean', optional: true }] },
  WarehouseQuery: { does: 'What is asked of a view. With an aggregate among the columns the others are what rows are grouped by.', attrs: [{ name: 'view', type: 'string', max: 63 }, { name: 'columns', type: 'QueryColumn', list: true, min: 1, max: 30 }, { name: 'filters', type: 'QueryFilter', list: true, max: 30, optional: true }, { name: 'period', type: 'QueryPeriod', optional: true }, { name: 'sort', type: 'QuerySort', list: true, max: 5, optional: true }, { name: 'limit', type: 'integer', min: 1, max: 100000, optional: true }, { name: 'chart', type: 'QueryChart', optional: true }] },
  SavedQuery: { does: 'A query that its keeper has.', attrs: [{ name: 'id', type: 'uuid' }, { name: 'name', type: 'string' }, { name: 'query', type: 'WarehouseQuery' }] },
  NewSavedQuery: { attrs: [{ name: 'name', type: 'string', min: 1, max: 100 }, { name: 'query', type: 'WarehouseQuery' }] },
  MailServer: { does: "Where mails to subscribers of events are sent from; the names of the notifier's configuration in other letters.", attrs: [{ name: 'server', type: 'string' }, { name: 'port', type: 'integer' }, { name: 'encryption', type: 'MailEncryption' }, { name: 'caPem', type: 'string', nullable: true }, { name: 'user', type: 'string', nullable: true }, { name: 'from', type: 'string' }, { name: 'replyTo', type: 'string', nullable: true }, { name: 'html', type: 'boolean' }, { name: 'retries', type: 'integer' }, { name: 'historyDays', type: 'integer' }] },
  MailServerChange: { does: 'The mail server, whole: what is left out is as at first, but for the password, which stays for the same server and user. Ports are 25, 465 (ssl) and 587 (tls) unless said.', attrs: [{ name: 'server', type: 'string', min: 1, max: 255 }, { name: 'port', type: 'integer', optional: true, min: 1, max: 65535 }, { name: 'encryption', type: 'MailEncryption', optional: true }, { name: 'caPem', type: 'string', optional: true, nullable: true, max: 65536 }, { name: 'user', type: 'string', optional: true, nullable: true, max: 255 }, { name: 'password', type: 'string', optional: true, nullable: true, max: 1024 }, { name: 'from', type: 'string', min: 3, max: 255 }, { name: 'replyTo', type: 'string', optional: true, nullable: true, max: 255 }, { name: 'html', type: 'boolean', optional: true }, { name: 'retries', type: 'integer', optional: true, min: 1, max: 20 }, { name: 'historyDays', type: 'integer', optional: true, min: 1, max: 3650 }] },
  MailTestAddress: { attrs: [{ name: 'address', type: 'string', min: 3, max: 255 }] },
  MailTest: { attrs: [{ name: 'works', type: 'boolean' }, { name: 'reason', type: 'string', optional: true }] },
  OptionValue: { attrs: [{ name: 'value', type: 'string', nullable: true, max: 65536 }, { name: 'version', type: 'string', optional: true, max: 32 }] },
  SearchResult: { attrs: [{ name: 'id', type: 'string' }, { name: 'name', type: 'string', optional: true }, { name: 'href', type: 'string', optional: true }] },
  SearchResults: { attrs: [{ name: 'kind', type: 'string' }, { name: 'total', type: 'integer' }, { name: 'page', type: 'integer', optional: true }, { name: 'results', type: 'SearchResult', list: true }] },
  Suggestion: { attrs: [{ name: 'text', type: 'string' }, { name: 'kind', type: 'string' }] },
  FoundNames: { does: 'Names in order; of more than were asked for also the outermost two by their characters, so that all have in common what these have.', attrs: [{ name: 'total', type: 'integer' }, { name: 'names', type: 'string', list: true }] },
  SearchCompletion: { attrs: [{ name: 'from', type: 'integer' }, { name: 'suggestions', type: 'Suggestion', list: true }] },
  EnrolmentTokenRequest: { attrs: [{ name: 'cluster', type: 'string', optional: true, max: 64 }] },
  EnrolmentToken: { attrs: [{ name: 'token', type: 'string' }, { name: 'expires', type: 'date' }, { name: 'fingerprint', type: 'string' }] },
  EnrolmentRequest: { attrs: [{ name: 'token', type: 'string', max: 255 }, { name: 'name', type: 'string', min: 1, max: 255 }, { name: 'address', type: 'string', min: 1, max: 255 }, { name: 'port', type: 'integer', min: 1, max: 65535 }, { name: 'uuid', type: 'string', min: 1, max: 64 }, { name: 'csr', type: 'string', min: 1, max: 16384 }, { name: 'agentVersion', type: 'string', optional: true, max: 64 }] },
  Enrolment: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'host', type: 'uuid' }, { name: 'state', type: 'EnrolmentState' }] },
  EnrolmentProgress: { attrs: [{ name: 'state', type: 'EnrolmentState' }, { name: 'host', type: 'uuid', optional: true }, { name: 'certificate', type: 'string', optional: true }, { name: 'ca', type: 'string', optional: true }] },
  DiskImport: { attrs: [{ name: 'url', type: 'string', min: 1, max: 2048 }] },
  StartedJob: { attrs: [{ name: 'job', type: 'uuid' }] },
  ConsoleTicket: { does: "One entry to a guest's screen: a WebSocket path of the engine that carries RFB, and the password that RFB asks for.", attrs: [{ name: 'path', type: 'string' }, { name: 'password', type: 'string' }, { name: 'expires', type: 'date' }] },
  SshHostKey: { attrs: [{ name: 'type', type: 'string' }, { name: 'fingerprint', type: 'string' }, { name: 'publicKey', type: 'string' }] },
  SerialConsoleProxy: { does: 'The SSH server of the serial consoles: the name to sign in by, its port (null where it is switched off), and the keys by which it is known.', attrs: [{ name: 'user', type: 'string' }, { name: 'port', type: 'integer', nullable: true }, { name: 'hostKeys', type: 'SshHostKey', list: true }] },
  SerialConsoleTicket: { does: "One entry to a guest's serial port: a WebSocket path of the engine that carries its bytes.", attrs: [{ name: 'path', type: 'string' }, { name: 'expires', type: 'date' }] },
  AllowedAction: { does: 'Whether an action may be taken now, and if not, why not.', attrs: [{ name: 'action', type: 'string' }, { name: 'allowed', type: 'boolean' }, { name: 'code', type: 'string', optional: true }, { name: 'reason', type: 'string', optional: true }] },
  AllowedActions: { does: 'The actions of one object; found is false where there is none, or none that may be seen.', attrs: [{ name: 'type', type: 'string' }, { name: 'id', type: 'uuid' }, { name: 'found', type: 'boolean' }, { name: 'actions', type: 'AllowedAction', list: true }] },
  NewDirectory: { attrs: [{ name: 'profile', type: 'string', min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'domain', type: 'string', optional: true, min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'kind', type: 'DirectoryKind' }, { name: 'servers', type: 'string', list: true, min: 1, max: 8, pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]{1,253})(:\\d{1,5})?$", form: 'host or host:port' }, { name: 'tls', type: 'DirectoryTls', optional: true }, { name: 'caPem', type: 'string', optional: true, nullable: true, max: 65536 }, { name: 'baseDn', type: 'string', min: 1, max: 1024, pattern: '=', form: 'a name such as dc=example,dc=com' }, { name: 'bindDn', type: 'string', optional: true, nullable: true, min: 1, max: 1024 }, { name: 'bindPassword', type: 'string', optional: true, nullable: true, min: 1, max: 1024 }] },
  DirectoryChange: { attrs: [{ name: 'profile', type: 'string', optional: true, min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'domain', type: 'string', optional: true, min: 1, max: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'letters, digits and the signs . _ -' }, { name: 'kind', type: 'DirectoryKind', optional: true }, { name: 'servers', type: 'string', optional: true, list: true, min: 1, max: 8, pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]{1,253})(:\\d{1,5})?$", form: 'host or host:port' }, { name: 'tls', type: 'DirectoryTls', optional: true }, { name: 'caPem', type: 'string', optional: true, nullable: true, max: 65536 }, { name: 'baseDn', type: 'string', optional: true, min: 1, max: 1024, pattern: '=', form: 'a name such as dc=example,dc=com' }, { name: 'bindDn', type: 'string', optional: true, nullable: true, min: 1, max: 1024 }, { name: 'bindPassword', type: 'string', optional: true, nullable: true, min: 1, max: 1024 }] },
  Directory: { attrs: [{ name: 'id', type: 'uuid' }, { name: 'profile', type: 'string' }, { name: 'domain', type: 'string' }, { name: 'kind', type: 'DirectoryKind' }, { name: 'servers', type: 'string', list: true }, { name: 'tls', type: 'DirectoryTls' }, { name: 'caPem', type: 'string', nullable: true }, { name: 'baseDn', type: 'string' }, { name: 'bindDn', type: 'string', nullable: true }] },
  Directories: { attrs: [{ name: 'directories', type: 'Directory', list: true }] },
  DirectoryTest: { attrs: [{ name: 'works', type: 'boolean' }, { name: 'usersSeen', type: 'integer', optional: true }, { name: 'reason', type: 'string', optional: true }] },
  Change: { does: "Something in the engine changed. It says what, not how: read the object again. version is the object's as its entity tag has it before the dot, for who reads all of the object; a client whose tag begins so has seen the change. fields names the attributes that differ from what the feed told of the object before; an empty list is a change of something below the object. Both are left out where they are not known (also for what is added or removed): then anything may have changed.", attrs: [{ name: 'seq', type: 'integer' }, { name: 'type', type: 'ChangeType' }, { name: 'id', type: 'string' }, { name: 'op', type: 'ChangeOperation' }, { name: 'version', type: 'string', optional: true }, { name: 'fields', type: 'string', list: true, optional: true }] },
  ListPart: { does: 'A part of a list: ids and rows of it in order, the number of all that was found, and how far the change feed was before it was read. A row has what lists show of the object, named as in the REST API; sizes and dates are numbers.', attrs: [{ name: 'seq', type: 'integer' }, { name: 'total', type: 'integer' }, { name: 'from', type: 'integer' }, { name: 'ids', type: 'string', list: true }, { name: 'rows', type: 'any', list: true }] },
  Count: { does: 'How many objects have something in common, and how many of them are up or run; key is a status or the id of what they belong to. Of VMs also the processors and bytes of memory that they are promised together.', attrs: [{ name: 'key', type: 'string' }, { name: 'count', type: 'integer' }, { name: 'running', type: 'integer' }, { name: 'cpus', type: 'integer', optional: true }, { name: 'memory', type: 'integer', optional: true }] },
  Frame: { does: 'What changed since the frame before, gathered: changes are of kinds that are not listed in windows, and of watched objects; lists has for each window, by its key, what is new of it (total, ids when they differ, rows), touched the kinds whose objects changed. reload says that something was left out: read everything again.', attrs: [{ name: 'seq', type: 'integer' }, { name: 'changes', type: 'Change', list: true, optional: true }, { name: 'lists', type: 'any', optional: true }, { name: 'touched', type: 'ListKind', list: true, optional: true }, { name: 'reload', type: 'boolean', optional: true }] },
  Statistics: { does: 'Latest figures of one object; what is unknown is left out, never zero.', attrs: [{ name: 'type', type: 'SampledKind' }, { name: 'id', type: 'uuid' }, { name: 'cpuPercent', type: 'decimal', optional: true }, { name: 'memoryPercent', type: 'decimal', optional: true }, { name: 'networkPercent', type: 'decimal', optional: true }] },
};

export type VirgateServiceName = keyof VirgateCalls;

export const virgateServices: Readonly<Record<VirgateServiceName, VirgateService>> = {
  ProposalsService: {
    path: '/proposals',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'state', type: 'ProposalState', optional: true }, { name: 'user', type: 'uuid', optional: true }, { name: 'max', type: 'integer', optional: true, min: 1, max: 1000 }, { name: 'page', type: 'integer', optional: true, min: 1, max: 1000000 }], answer: 'Proposals', status: 200, does: "What assistants asked for: one's own, or all for who sees all sessions." },
    ],
  },
  ProposalService: {
    path: '/proposals/{proposal}',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'Proposal', status: 200, does: 'One proposal, with its request and what came of it.' },
      { name: 'approve', http: 'POST', action: 'approve', access: 'signed_in', params: [], body: 'ProposalDecision', answer: 'Proposal', status: 200, does: 'Carries a proposal out, as the one who says so; tokens for programs may not.' },
      { name: 'reject', http: 'POST', action: 'reject', access: 'signed_in', params: [], body: 'ProposalDecision', answer: 'Proposal', status: 200, does: 'Says no to a proposal.' },
    ],
  },
  ProposalPoliciesService: {
    path: '/proposal-policies',
    methods: [
      { name: 'get', http: 'GET', access: 'administrator', params: [], answer: 'ProposalPolicies', status: 200, does: 'What assistants may do without being asked for it.' },
      { name: 'add', http: 'POST', access: 'super_user', params: [], body: 'NewProposalPolicy', answer: 'ProposalPolicy', status: 201, does: 'Lets assistants do something at once.' },
    ],
  },
  ProposalPolicyService: {
    path: '/proposal-policies/{policy}',
    methods: [
      { name: 'remove', http: 'DELETE', access: 'super_user', params: [], status: 204, does: 'Takes such a permission back.' },
    ],
  },
  AssistantCallsService: {
    path: '/assistant-calls',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'user', type: 'uuid', optional: true }, { name: 'max', type: 'integer', optional: true, min: 1, max: 1000 }, { name: 'page', type: 'integer', optional: true, min: 1, max: 1000000 }], answer: 'AssistantCalls', status: 200, does: "Calls that assistants made: one's own, or all for who sees all sessions." },
    ],
  },
  SessionsService: {
    path: '/sessions',
    methods: [
      { name: 'add', http: 'POST', access: 'public', params: [], body: 'Credentials', answer: 'Session', status: 201, does: 'Signs in a browser: the answer sets its cookie.' },
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'user', type: 'uuid', optional: true }, { name: 'max', type: 'integer', optional: true, min: 1, max: 1000 }, { name: 'page', type: 'integer', optional: true, min: 1, max: 1000000 }], answer: 'OpenSessions', status: 200, does: "Sessions of every kind: one's own, or all with the permit manipulate_users on the system." },
      { name: 'removeAll', http: 'DELETE', access: 'signed_in', params: [{ name: 'user', type: 'uuid' }], answer: 'EndedSessions', status: 200, does: 'Ends all sessions of a user but the one that asks.' },
    ],
  },
  SessionService: {
    path: '/sessions/{session}',
    methods: [
      { name: 'remove', http: 'DELETE', access: 'signed_in', params: [], status: 204, does: 'Ends a session: its cookies, tokens and streams end with it.' },
    ],
  },
  WhoamiService: {
    path: '/whoami',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'Whoami', status: 200, does: 'Who asks: user, groups, roles and permits on the system, and the session.' },
    ],
  },
  TokensService: {
    path: '/tokens',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'user', type: 'string', optional: true, max: 64 }], answer: 'ApiTokens', status: 200, does: "Tokens for programs: one's own, or those of a user or all with the permit manipulate_users on the system." },
      { name: 'add', http: 'POST', access: 'signed_in', params: [], body: 'NewApiToken', answer: 'MadeApiToken', status: 201, does: 'Makes a token for programs; good for all that its user may do, for reading only, or for a list of permits.' },
    ],
  },
  TokenService: {
    path: '/tokens/{token}',
    methods: [
      { name: 'remove', http: 'DELETE', access: 'signed_in', params: [], status: 204, does: 'Ends a token at once.' },
    ],
  },
  CurrentSessionService: {
    path: '/sessions/current',
    methods: [
      { name: 'get', http: 'GET', access: 'browser', params: [], answer: 'Session', status: 200, does: 'Who is signed in, and until when.' },
      { name: 'remove', http: 'DELETE', access: 'browser', params: [], status: 204, does: 'Signs out.' },
    ],
  },
  PasswordService: {
    path: '/password',
    methods: [
      { name: 'change', http: 'POST', access: 'public', params: [], body: 'PasswordChange', status: 204, does: "Changes one's own password in the internal directory, also when it has expired." },
    ],
  },
  SecondFactorSessionService: {
    path: '/sessions/second-factor',
    methods: [
      { name: 'add', http: 'POST', access: 'public', params: [], body: 'SecondFactorCode', answer: 'Session', status: 201, does: 'Goes on with a sign-in whose password was right.' },
    ],
  },
  SecondFactorService: {
    path: '/second-factor',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'SecondFactor', status: 200, does: "One's own second factor." },
      { name: 'begin', http: 'POST', access: 'signed_in', params: [], body: 'SecondFactorStart', answer: 'SecondFactorEnrolment', status: 200, does: 'Begins to set up a second factor.' },
      { name: 'confirm', http: 'POST', action: 'confirm', access: 'signed_in', params: [], body: 'SecondFactorCode', answer: 'RecoveryCodes', status: 200, does: 'Puts it in force by a first code; tells recovery codes, this once.' },
      { name: 'remove', http: 'POST', action: 'remove', access: 'signed_in', params: [], body: 'SecondFactorCode', status: 204, does: 'Takes it away, by a code.' },
    ],
  },
  SecondFactorPolicyService: {
    path: '/second-factor-policy',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'SecondFactorPolicy', status: 200, does: 'Who needs a second factor.' },
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'SecondFactorPolicy', answer: 'SecondFactorPolicy', status: 200, does: 'Asks administrators, everybody, or who has one of some roles for a second factor.' },
    ],
  },
  NetworkSecurityGroupsService: {
    path: '/network-providers/{provider}/security-groups',
    methods: [
      { name: 'get', http: 'GET', access: 'administrator', params: [], answer: 'SecurityGroups', status: 200, does: 'The security groups of a provider of networks.' },
      { name: 'add', http: 'POST', access: 'administrator', permit: 'create_storage_pool_network', params: [], body: 'NewSecurityGroup', answer: 'SecurityGroup', status: 201, does: 'Adds a security group. NICs are in those that their vNIC profile names (custom property SecurityGroups), from when they are plugged.' },
    ],
  },
  NetworkSecurityGroupService: {
    path: '/network-providers/{provider}/security-groups/{group}',
    methods: [
      { name: 'get', http: 'GET', access: 'administrator', params: [], answer: 'SecurityGroup', status: 200, does: 'One security group.' },
      { name: 'update', http: 'PUT', access: 'administrator', permit: 'create_storage_pool_network', params: [], body: 'SecurityGroupChange', answer: 'SecurityGroup', status: 200, does: 'Changes what is given of a security group, at once for the NICs in it.' },
      { name: 'remove', http: 'DELETE', access: 'administrator', permit: 'create_storage_pool_network', params: [], status: 204, does: 'Removes a security group that no vNIC profile and no rule of another group names.' },
    ],
  },
  OpenidProvidersService: {
    path: '/openid-providers',
    methods: [
      { name: 'get', http: 'GET', access: 'super_user', params: [], answer: 'OpenidProviders', status: 200, does: 'The providers of OpenID by whose word users sign in.' },
      { name: 'add', http: 'POST', access: 'super_user', params: [], body: 'NewOpenidProvider', answer: 'OpenidProvider', status: 201, does: 'Adds a provider of OpenID.' },
    ],
  },
  OpenidProviderService: {
    path: '/openid-providers/{provider}',
    methods: [
      { name: 'get', http: 'GET', access: 'super_user', params: [], answer: 'OpenidProvider', status: 200, does: 'One provider of OpenID.' },
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'OpenidProviderChange', answer: 'OpenidProvider', status: 200, does: 'Changes what is given of a provider.' },
      { name: 'remove', http: 'DELETE', access: 'super_user', params: [], status: 204, does: 'Removes a provider; its users are signed out.' },
      { name: 'test', http: 'POST', action: 'test', access: 'super_user', params: [], answer: 'OpenidProviderTest', status: 200, does: 'Whether the provider answers as it must.' },
    ],
  },
  SsoClientsService: {
    path: '/sso-clients',
    methods: [
      { name: 'get', http: 'GET', access: 'super_user', params: [], answer: 'SsoClients', status: 200, does: 'The clients of single sign-on.' },
      { name: 'add', http: 'POST', access: 'super_user', params: [], body: 'NewSsoClient', answer: 'MadeSsoClient', status: 201, does: 'Registers a client of single sign-on.' },
    ],
  },
  SsoClientService: {
    path: '/sso-clients/{client}',
    id: 'text',
    methods: [
      { name: 'get', http: 'GET', access: 'super_user', params: [], answer: 'SsoClient', status: 200, does: 'One client of single sign-on.' },
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'SsoClientChange', answer: 'SsoClient', status: 200, does: 'Name, addresses and trust of a client.' },
      { name: 'renewSecret', http: 'POST', action: 'renew-secret', access: 'super_user', params: [], answer: 'MadeSsoClient', status: 200, does: 'Gives a client a new secret; the old one is good no longer.' },
      { name: 'remove', http: 'DELETE', access: 'super_user', params: [], status: 204, does: 'Removes a client; its tokens end.' },
    ],
  },
  PasswordPolicyService: {
    path: '/password-policy',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'PasswordPolicy', status: 200, does: 'The rules for passwords of the internal directory.' },
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'PasswordPolicyChange', answer: 'PasswordPolicy', status: 200, does: 'Changes those rules that are given.' },
    ],
  },
  UsersService: {
    path: '/users',
    methods: [
      { name: 'add', http: 'POST', access: 'super_user', params: [], body: 'NewUser', answer: 'AddedUser', status: 201, does: 'A new user of the internal directory, who signs in as name@internal.' },
    ],
  },
  UserService: {
    path: '/users/{user}',
    methods: [
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'UserChange', status: 204, does: 'Password, lock-out and validity of a user of the internal directory; unlocks others, and takes second factors away.' },
    ],
  },
  OptionService: {
    path: '/options/{option}',
    id: 'text',
    methods: [
      { name: 'update', http: 'PUT', access: 'signed_in', permit: 'configure_engine', params: [], body: 'OptionValue', status: 204, does: 'Sets a configuration option, null its default; in force after a reload of the configuration.' },
    ],
  },
  MailService: {
    path: '/mail',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', permit: 'configure_engine', params: [], answer: 'MailServer', status: 200, does: 'The mail server for subscribers of events, without its password; 404 when none is set, and then no mails are sent.' },
      { name: 'update', http: 'PUT', access: 'signed_in', permit: 'configure_engine', params: [], body: 'MailServerChange', answer: 'MailServer', status: 200, does: 'Sets the mail server. Events from then on are sent to those who subscribed to them.' },
      { name: 'remove', http: 'DELETE', access: 'signed_in', permit: 'configure_engine', params: [], status: 204, does: 'No mails are sent any more.' },
      { name: 'test', http: 'POST', action: 'test', access: 'signed_in', permit: 'configure_engine', params: [], body: 'MailTestAddress', answer: 'MailTest', status: 200, does: 'Sends a mail to an address, and tells what the server says when it does not take it.' },
    ],
  },
  WarehouseService: {
    path: '/warehouse',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', permit: 'configure_engine', params: [], answer: 'Warehouse', status: 200, does: 'How the history is summed up, how far it is, and how long it is kept.' },
      { name: 'update', http: 'PUT', access: 'signed_in', permit: 'configure_engine', params: [], body: 'WarehouseChange', answer: 'Warehouse', status: 200, does: 'Sets how long the history is kept and where its days begin; with another time zone all is summed up again.' },
      { name: 'rebuild', http: 'POST', action: 'rebuild', access: 'signed_in', permit: 'configure_engine', params: [], body: 'WarehouseSpan', answer: 'WarehouseRebuild', status: 202, does: 'Has a span summed up again, as far as its samples and hours are still there.' },
    ],
  },
  WarehouseExportService: {
    path: '/warehouse/exports/{view}',
    id: 'text',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', permit: 'configure_engine', params: [{ name: 'from', type: 'timestamp', optional: true }, { name: 'to', type: 'timestamp', optional: true }, { name: 'format', type: 'WarehouseFile', optional: true }], status: 204, does: 'A view of the warehouse as a file of Apache Parquet, or as CSV: all of it, or what was from one time to before another.' },
    ],
  },
  WarehouseReaderService: {
    path: '/warehouse/readers/{reader}',
    id: 'text',
    methods: [
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'WarehouseReader', status: 204, does: 'A user of the database who reads the history and nothing else, for tools outside; sets his password when he is there.' },
      { name: 'remove', http: 'DELETE', access: 'super_user', params: [], status: 204, does: 'Removes a reader of the history from the database.' },
    ],
  },
  WarehouseViewsService: {
    path: '/warehouse/views',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', permit: 'configure_engine', params: [], answer: 'WarehouseViewEntry', list: true, status: 200, does: 'The views of the warehouse.' },
    ],
  },
  WarehouseViewService: {
    path: '/warehouse/views/{view}',
    id: 'text',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', permit: 'configure_engine', params: [], answer: 'WarehouseView', status: 200, does: 'A view of the warehouse with its columns.' },
    ],
  },
  WarehouseQueryService: {
    path: '/warehouse/query',
    methods: [
      { name: 'run', http: 'POST', access: 'signed_in', permit: 'configure_engine', params: [], body: 'WarehouseQuery', answer: 'Report', status: 200, does: 'Asks a view of the warehouse: the answer has the form of a report. At most 10,000 rows are told, and 100,000 in files.' },
      { name: 'download', http: 'GET', action: 'download', access: 'signed_in', permit: 'configure_engine', params: [{ name: 'query', type: 'string', min: 2, max: 32768 }, { name: 'format', type: 'QueryFile' }, { name: 'chart', type: 'integer', min: 0, max: 99, optional: true }], file: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/pdf', 'application/vnd.apache.parquet', 'image/svg+xml'], status: 200, does: 'The same as a file: query is a WarehouseQuery as JSON, chart the place of the chart of which a picture is wanted.' },
    ],
  },
  SavedQueriesService: {
    path: '/warehouse/saved-queries',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', permit: 'configure_engine', params: [], answer: 'SavedQuery', list: true, status: 200, does: 'The queries that the user keeps.' },
      { name: 'add', http: 'POST', access: 'signed_in', permit: 'configure_engine', params: [], body: 'NewSavedQuery', answer: 'SavedQuery', status: 201, does: 'Keeps a query.' },
    ],
  },
  SavedQueryService: {
    path: '/warehouse/saved-queries/{savedQuery}',
    methods: [
      { name: 'update', http: 'PUT', access: 'signed_in', permit: 'configure_engine', params: [], body: 'NewSavedQuery', answer: 'SavedQuery', status: 200, does: 'Changes a query that is kept.' },
      { name: 'remove', http: 'DELETE', access: 'signed_in', permit: 'configure_engine', params: [], status: 204, does: 'Keeps a query no longer.' },
    ],
  },
  ReportsService: {
    path: '/reports',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', params: [], answer: 'ReportEntry', list: true, status: 200, does: 'Every report and dashboard of the warehouse.' },
    ],
  },
  ReportService: {
    path: '/reports/{report}',
    id: 'text',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'period', type: 'ReportPeriod', optional: true }, { name: 'startDate', type: 'string', pattern: "^\\d{4}-\\d{2}-\\d{2}$", form: 'a day as YYYY-MM-DD', optional: true }, { name: 'startHour', type: 'integer', min: 0, max: 24, optional: true }, { name: 'endDate', type: 'string', pattern: "^\\d{4}-\\d{2}-\\d{2}$", form: 'a day as YYYY-MM-DD', optional: true }, { name: 'showDeleted', type: 'boolean', optional: true }, { name: 'dataCenter', type: 'uuid', optional: true }, { name: 'cluster', type: 'uuid', optional: true }, { name: 'hostType', type: 'ReportHostType', optional: true }, { name: 'host', type: 'uuid', optional: true }, { name: 'hosts', type: 'uuid', list: true, min: 1, max: 100, optional: true }, { name: 'vmType', type: 'ReportVmType', optional: true }, { name: 'operatingSystem', type: 'integer', min: 0, max: 100000, optional: true }, { name: 'vm', type: 'uuid', optional: true }, { name: 'vms', type: 'uuid', list: true, min: 1, max: 100, optional: true }, { name: 'storageType', type: 'ReportStorageType', optional: true }, { name: 'storageDomain', type: 'uuid', optional: true }, { name: 'cpuThreshold', type: 'integer', min: 0, max: 100, optional: true }, { name: 'memoryThreshold', type: 'integer', min: 0, max: 100, optional: true }, { name: 'measure', type: 'ReportMeasure', optional: true }, { name: 'figure', type: 'ReportFigure', optional: true }, { name: 'groupByTag', type: 'boolean', optional: true }, { name: 'displayBy', type: 'ReportDisplay', optional: true }, { name: 'historyDays', type: 'integer', min: 7, max: 365, optional: true }, { name: 'horizonDays', type: 'integer', min: 7, max: 365, optional: true }, { name: 'fullPercent', type: 'integer', min: 1, max: 100, optional: true }, { name: 'costBy', type: 'ReportCostBy', optional: true }, { name: 'priceList', type: 'uuid', optional: true }], answer: 'Report', status: 200, does: 'A report by its criteria, over what its reader may see.' },
      { name: 'download', http: 'GET', action: 'download', access: 'signed_in', params: [{ name: 'format', type: 'ReportFile|ReportPicture' }, { name: 'chart', type: 'integer', min: 0, max: 99, optional: true }, { name: 'period', type: 'ReportPeriod', optional: true }, { name: 'startDate', type: 'string', pattern: "^\\d{4}-\\d{2}-\\d{2}$", form: 'a day as YYYY-MM-DD', optional: true }, { name: 'startHour', type: 'integer', min: 0, max: 24, optional: true }, { name: 'endDate', type: 'string', pattern: "^\\d{4}-\\d{2}-\\d{2}$", form: 'a day as YYYY-MM-DD', optional: true }, { name: 'showDeleted', type: 'boolean', optional: true }, { name: 'dataCenter', type: 'uuid', optional: true }, { name: 'cluster', type: 'uuid', optional: true }, { name: 'hostType', type: 'ReportHostType', optional: true }, { name: 'host', type: 'uuid', optional: true }, { name: 'hosts', type: 'uuid', list: true, min: 1, max: 100, optional: true }, { name: 'vmType', type: 'ReportVmType', optional: true }, { name: 'operatingSystem', type: 'integer', min: 0, max: 100000, optional: true }, { name: 'vm', type: 'uuid', optional: true }, { name: 'vms', type: 'uuid', list: true, min: 1, max: 100, optional: true }, { name: 'storageType', type: 'ReportStorageType', optional: true }, { name: 'storageDomain', type: 'uuid', optional: true }, { name: 'cpuThreshold', type: 'integer', min: 0, max: 100, optional: true }, { name: 'memoryThreshold', type: 'integer', min: 0, max: 100, optional: true }, { name: 'measure', type: 'ReportMeasure', optional: true }, { name: 'figure', type: 'ReportFigure', optional: true }, { name: 'groupByTag', type: 'boolean', optional: true }, { name: 'displayBy', type: 'ReportDisplay', optional: true }, { name: 'historyDays', type: 'integer', min: 7, max: 365, optional: true }, { name: 'horizonDays', type: 'integer', min: 7, max: 365, optional: true }, { name: 'fullPercent', type: 'integer', min: 1, max: 100, optional: true }, { name: 'costBy', type: 'ReportCostBy', optional: true }, { name: 'priceList', type: 'uuid', optional: true }], file: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/pdf', 'image/svg+xml'], status: 200, does: 'The same as a file, or a picture of the chart that has this place in it.' },
    ],
  },
  ReportChoicesService: {
    path: '/report-choices',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', params: [{ name: 'kind', type: 'ReportObjectKind' }, { name: 'search', type: 'string', max: 255, optional: true }, { name: 'dataCenter', type: 'uuid', optional: true }, { name: 'cluster', type: 'uuid', optional: true }, { name: 'showDeleted', type: 'boolean', optional: true }], answer: 'ReportChoice', list: true, status: 200, does: 'Objects that a report can be restricted to, by name; at most 500.' },
    ],
  },
  SavedReportsService: {
    path: '/saved-reports',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', params: [], answer: 'SavedReport', list: true, status: 200, does: 'The reports that the user keeps.' },
      { name: 'add', http: 'POST', access: 'signed_in', params: [], body: 'NewSavedReport', answer: 'SavedReport', status: 201, does: 'Keeps a report with its criteria, and sends it regularly when it has a schedule.' },
    ],
  },
  SavedReportService: {
    path: '/saved-reports/{savedReport}',
    methods: [
      { name: 'update', http: 'PUT', access: 'signed_in', params: [], body: 'NewSavedReport', answer: 'SavedReport', status: 200, does: 'Changes a report that is kept.' },
      { name: 'remove', http: 'DELETE', access: 'signed_in', params: [], status: 204, does: 'Keeps a report no longer.' },
      { name: 'send', http: 'POST', action: 'send', access: 'signed_in', params: [], status: 202, does: 'Sends a report that has a schedule as soon as possible.' },
    ],
  },
  PriceListsService: {
    path: '/price-lists',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', params: [], answer: 'PriceList', list: true, status: 200, does: 'The price lists by which costs are reported.' },
      { name: 'add', http: 'POST', access: 'signed_in', permit: 'configure_engine', params: [], body: 'NewPriceList', answer: 'PriceList', status: 201, does: 'A new price list.' },
    ],
  },
  PriceListService: {
    path: '/price-lists/{priceList}',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'PriceList', status: 200, does: 'A price list.' },
      { name: 'update', http: 'PUT', access: 'signed_in', permit: 'configure_engine', params: [], body: 'NewPriceList', answer: 'PriceList', status: 200, does: 'Replaces a price list; reports of any period go by its new prices.' },
      { name: 'remove', http: 'DELETE', access: 'signed_in', permit: 'configure_engine', params: [], status: 204, does: 'Removes a price list.' },
    ],
  },
  SearchService: {
    path: '/search',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'query', type: 'string', max: 8192 }], answer: 'SearchResults', status: 200, does: 'Searches all kinds of objects by one text that begins with the kind, such as Vms: status=up.' },
    ],
  },
  ListsService: {
    path: '/lists',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'kind', type: 'ListKind' }, { name: 'search', type: 'string', optional: true, max: 8192 }, { name: 'sort', type: 'string', optional: true, max: 64 }, { name: 'descending', type: 'boolean', optional: true }, { name: 'from', type: 'integer', optional: true, min: 0, max: 1000000000 }, { name: 'count', type: 'integer', optional: true, min: 0, max: 500 }, { name: 'ids', type: 'uuid', list: true, optional: true, max: 500 }], answer: 'ListPart', status: 200, does: 'A part of a list in an order, or the objects of some ids, with what lists show of them.' },
      { name: 'ids', http: 'GET', action: 'ids', access: 'signed_in', params: [{ name: 'kind', type: 'ListKind' }, { name: 'search', type: 'string', optional: true, max: 8192 }, { name: 'sort', type: 'string', optional: true, max: 64 }, { name: 'descending', type: 'boolean', optional: true }], answer: 'ListPart', status: 200, does: 'The ids of a whole list in an order, without rows.' },
    ],
  },
  CountsService: {
    path: '/counts',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'kind', type: 'CountedKind' }, { name: 'by', type: 'CountedBy' }, { name: 'search', type: 'string', optional: true, max: 8192 }], answer: 'Count', list: true, status: 200, does: 'How many objects of a kind there are, by what they have in common.' },
    ],
  },
  SearchCompletionService: {
    path: '/search/complete',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'query', type: 'string', max: 8192 }], answer: 'SearchCompletion', status: 200, does: "What may stand instead of the search's text from a place on." },
    ],
  },
  NamesService: {
    path: '/names',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'kind', type: 'NamedKind' }, { name: 'beginning', type: 'string', optional: true, max: 255 }, { name: 'max', type: 'integer', optional: true, min: 1, max: 1000 }], answer: 'FoundNames', status: 200, does: 'Names of objects that begin as said, for completion.' },
    ],
  },
  HostEnrolmentTokensService: {
    path: '/host-enrolment-tokens',
    methods: [
      { name: 'add', http: 'POST', access: 'signed_in', permit: 'create_host', on: 'cluster', params: [], body: 'EnrolmentTokenRequest', answer: 'EnrolmentToken', status: 201, does: 'A token with which one host may ask to join, once and for an hour.' },
    ],
  },
  HostEnrolmentsService: {
    path: '/host-enrolments',
    methods: [
      { name: 'add', http: 'POST', access: 'public', params: [], body: 'EnrolmentRequest', answer: 'Enrolment', status: 201, does: 'A host asks to join, with its token and its certificate request.' },
    ],
  },
  HostEnrolmentService: {
    path: '/host-enrolments/{enrolment}',
    methods: [
      { name: 'get', http: 'GET', access: 'public', params: [], answer: 'EnrolmentProgress', status: 200, does: 'How far the enrolment is, and its certificate once it was approved; the token is the bearer token.' },
    ],
  },
  DiskService: {
    path: '/disks/{disk}',
    methods: [
      { name: 'import', http: 'POST', action: 'import', access: 'administrator', permit: 'edit_disk_properties', on: 'disk', params: [], body: 'DiskImport', answer: 'StartedJob', status: 202, does: 'Fills a disk from an image that a host fetches; the disk is locked until the job ends.' },
    ],
  },
  VmConsoleTicketsService: {
    path: '/vms/{vm}/console-tickets',
    methods: [
      { name: 'add', http: 'POST', access: 'browser', permit: 'connect_to_vm', on: 'vm', params: [], answer: 'ConsoleTicket', status: 201, does: "A ticket that opens the VM's console in the browser, once and within a minute." },
    ],
  },
  VmSerialConsoleTicketsService: {
    path: '/vms/{vm}/serial-console-tickets',
    methods: [
      { name: 'add', http: 'POST', access: 'signed_in', permit: 'connect_to_serial_console', on: 'vm', params: [], answer: 'SerialConsoleTicket', status: 201, does: "A ticket that opens the VM's serial console over a WebSocket, once and within a minute, with the same user's session or token. Who opens it takes it from who had it." },
    ],
  },
  SerialConsoleProxyService: {
    path: '/serial-console-proxy',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'SerialConsoleProxy', status: 200, does: 'Where users open serial consoles by SSH, with the keys of their profiles.' },
    ],
  },
  VmPlacementsService: {
    path: '/vms/{vm}/placements',
    methods: [
      { name: 'list', http: 'GET', access: 'signed_in', permit: 'login', on: 'vm', params: [], answer: 'Placement', list: true, status: 200, does: 'Why this host: for each start of the VM every host of the cluster with the reasons against it, or its scores and place.' },
    ],
  },
  VmNextRunService: {
    path: '/vms/{vm}/next-run',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', permit: 'login', on: 'vm', params: [], answer: 'NextRun', status: 200, does: "Every attribute that the VM's next start changes, with how it is and how it will be." },
    ],
  },
  JobCancellationService: {
    path: '/jobs/{job}/cancellation',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [], answer: 'JobCancellation', status: 200, does: 'Whether a job can be called off, or why it can not.' },
      { name: 'request', http: 'POST', access: 'signed_in', params: [], answer: 'JobCancellation', status: 200, does: "Calls a job off: what it has done is taken back, its objects are as before and free again. One's own, or with the permit to configure the engine everybody's." },
    ],
  },
  CanService: {
    path: '/can',
    methods: [
      { name: 'get', http: 'GET', access: 'signed_in', params: [{ name: 'objects', type: 'string', list: true, min: 1, max: 1000 }, { name: 'actions', type: 'string', list: true, optional: true, min: 1, max: 100 }], answer: 'AllowedActions', list: true, status: 200, does: 'For objects (type:id) and actions whether each is possible now, and if not, why not; without actions for all of them.' },
    ],
  },
  DirectoriesService: {
    path: '/directories',
    methods: [
      { name: 'get', http: 'GET', access: 'super_user', params: [], answer: 'Directories', status: 200, does: 'The LDAP directories, without passwords.' },
      { name: 'add', http: 'POST', access: 'super_user', params: [], body: 'NewDirectory', answer: 'Directory', status: 201, does: 'A new LDAP directory.' },
    ],
  },
  DirectoryService: {
    path: '/directories/{directory}',
    methods: [
      { name: 'get', http: 'GET', access: 'super_user', params: [], answer: 'Directory', status: 200, does: 'One LDAP directory, without its password.' },
      { name: 'update', http: 'PUT', access: 'super_user', params: [], body: 'DirectoryChange', answer: 'Directory', status: 200, does: 'Changes what is given of an LDAP directory.' },
      { name: 'remove', http: 'DELETE', access: 'super_user', params: [], status: 204, does: 'Removes a directory: its users stay known, but cannot sign in any more.' },
      { name: 'test', http: 'POST', action: 'test', access: 'super_user', params: [], answer: 'DirectoryTest', status: 200, does: 'Whether a search of the directory works.' },
    ],
  },
  ChangesService: {
    path: '/changes',
    methods: [
      { name: 'follow', http: 'GET', access: 'signed_in', params: [{ name: 'since', type: 'integer', optional: true, min: 0 }, { name: 'windows', type: 'string', optional: true, max: 49152 }], stream: 'Change', status: 200, does: 'Server-sent events of what changes, from a number on, else from now on; resync means read everything again. With windows (JSON: a list of {key, kind, search, sort, descending, from, count, since} or {key, kind, ids}) the events are frames, at most four a second.' },
    ],
  },
  StatisticsService: {
    path: '/statistics',
    methods: [
      { name: 'follow', http: 'GET', access: 'signed_in', params: [], stream: 'Statistics', status: 200, does: 'Server-sent events with the latest figures of VMs and hosts, at most once a second.' },
    ],
  },
};
