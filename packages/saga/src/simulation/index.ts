/** Simulations of sagas: every crash, on a clock that is moved by hand. */
export {
  crashMatrix,
  CrashMatrixError,
  formatMatrix,
  type CrashMatrixOptions,
  type CrashMatrixResult,
  type Disturbance,
  type MatrixRow,
  type Scenario,
  type ScenarioTools,
} from './crash-matrix.ts';
export { InjectedFaultError } from './faults.ts';
export { SimulatedHost, StaleFenceError } from './simulated-host.ts';
export { seededRandom } from './random.ts';
export { VirtualClock } from './virtual-clock.ts';
