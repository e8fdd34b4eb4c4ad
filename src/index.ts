/** The runtime: a policy file in, decisions with hard caps out. Loads no database, no chart library and no command line. */
export { parsePolicy, sealPolicy, type Policy } from './core/policy.js'
export type { PolicyFileInput } from './core/policy-schema.js'
export { InputError, type Issue } from './core/errors.js'
export type { Decision, DeferDecision, RejectDecision, RouteDecision } from './core/decision.js'
export type { EndAnswer } from './core/budget/ledger.js'
export type { BookState } from './core/budget/reservation-book.js'
export type { LateLabel, LogRecord } from './core/log-record.js'
export type { Message, Priority } from './core/request.js'
export type { Usage } from './core/usage.js'
export type { TokenCounter } from './core/tokens/counter.js'
export { loadPolicy } from './router/load-policy.js'
export { fileDecisionLog, type DecisionLog } from './router/decision-log.js'
export type { AssessRequest, ServiceAssessment } from './router/ask-service.js'
export type { CallAttempt, CallResult, ScoreAnswer } from './router/call-attempt.js'
export { createRouter } from './router/router.js'
export type {
  PolicyChange,
  Router,
  RouterHealth,
  RouterOptions,
  RouterStart,
  RouterWarning,
  RunOptions,
  RunResult,
  SettleAnswer,
  SettleUsage,
} from './router/router-api.js'
export type { LogText } from './router/decision-record.js'
export type { Feedback } from './router/feedback.js'
export type { RouteRequest } from './router/route-request.js'
export { StoreError, type BudgetStore, type StoreState } from './router/store.js'
export { memoryStore, type MemoryStoreOptions } from './router/stores/memory.js'
export type { Trace } from './router/trace.js'
