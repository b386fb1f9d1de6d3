export { answeredVerbs, startAgent } from './agent.ts';
export type { Agent } from './agent.ts';
export { ConfigError, loadAgentConfig, readAgentConfig } from './config.ts';
export type { AgentConfig } from './config.ts';
export { createLog } from './log.ts';
export type { AgentLog } from './log.ts';
export { EnrolmentError } from './enrolment/enrolment-error.ts';
export { joinEngine, joinedFiles } from './enrolment/join.ts';
export type { JoinedFiles, JoinOptions, JoinRequest } from './enrolment/join.ts';
