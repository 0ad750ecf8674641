/**
 * The library: everything the command does, for programs and for tests of your own.
 *
 * Read a scenario, run it with a pump and a rig, judge the trace, render the result. Pumps, rigs and checks of your own
 * take the same place as those that come with it.
 */
import * as rational from '#units/rational'

export type * from '#firmware-sim/messages'
export type { PumpModel } from '#firmware-sim/model'
export { BalanceDriver, type BalanceEvent, type BalanceReading } from '#hil/balance/driver'
export { type Density, waterDensity } from '#hil/balance/fluid'
export { type BenchWeather, SimulatedBalance } from '#hil/balance/simulated'
export {
  type CalibrationOutcome,
  type CalibrationPlan,
  type Circumstances,
  calibrate,
  DEFAULT_PLAN,
} from '#hil/calibration/calibrate'
export { type ParsedRig, parseRigFile, type RigFile, usedOn } from '#hil/calibration/rig-file'
export { type Stand, StandError } from '#hil/calibration/stand'
export { type StandTruth, VirtualStand } from '#hil/calibration/virtual-stand'
export { FAULTS, faultNamed } from '#hil/fault/catalogue'
export type * from '#hil/fault/catalogue-entry'
export { type FaultyLine, faulty } from '#hil/fault/faulty-transport'
export type { LineFault } from '#hil/fault/line-faults'
export { type LineEffect, type LineScript, ScriptedLine } from '#hil/fault/line-script'
export type * from '#hil/matrix/types'
export { astrayOf, type TimeBeyond } from '#hil/oracle/astray'
export { type BolusAccuracy, bolusAccuracy, type MeantBolus } from '#hil/oracle/bolus-accuracy'
export { wholeBoluses } from '#hil/oracle/bolus-record'
export { type Burst, largestBurst } from '#hil/oracle/burst'
export { type Changeover, changeover } from '#hil/oracle/changeover'
export { type Difference, differenceOf } from '#hil/oracle/difference'
export { around, bounded, EXACTLY, type Interval, judged, type Uncertainty, verdictOf } from '#hil/oracle/guard-band'
export { type Heights, heightAt, reachedAt, riseOver } from '#hil/oracle/heights'
export { type Interruption, longestInterruption } from '#hil/oracle/interruption'
export { increment, type Line, type LinePiece, valueAt } from '#hil/oracle/line'
export { type Missed, missedOf } from '#hil/oracle/missed'
export { TRUMPET_PROTOCOLS, type TrumpetProtocol } from '#hil/oracle/published-trumpets'
export type { Flight, Span, Staircase } from '#hil/oracle/staircase'
export { type MeanFlow, meanFlow, startUpCurve } from '#hil/oracle/start-up'
export { type Tracking, trackingOf } from '#hil/oracle/tracking'
export { type Trumpet, trumpetOf } from '#hil/oracle/trumpet'
export { type CurvePoint, trumpetCurve } from '#hil/oracle/trumpet-curve'
export { modelPump } from '#hil/pump/model'
export { definePump, type Pump, type PumpDefinition, type PumpSetup } from '#hil/pump/pump'
export { eventsCsv, samplesCsv, stepsCsv } from '#hil/report/csv'
export { curvesOf } from '#hil/report/curves/ledger-curves'
export type { RunCurves } from '#hil/report/curves/run-curves'
export { MANIFEST as manifestSchema, type RecordManifest } from '#hil/report/manifest-schema'
export { type RenderOptions, type ReportFormat, render } from '#hil/report/render'
export { vcdReport } from '#hil/report/vcd'
export { WHOLE_RUN, type Window, windowOf } from '#hil/report/window'
export { type EmulatedInstrumentOptions, emulatedInstrument } from '#hil/rig/avr/instrument'
export type { Mishap, PumpBench } from '#hil/rig/avr/pump-bench'
export { avrRig, type EmulatedRigOptions, emulatedRig, rigFirmware } from '#hil/rig/avr/rig'
export { idealRig } from '#hil/rig/ideal'
export { type LinkedRigOptions, linkedRig } from '#hil/rig/link/linked-rig'
export { MemoryCable } from '#hil/rig/memory/cable'
export {
  defineRig,
  type Feedback,
  PLAYOUT_us,
  type Rig,
  type RigCommand,
  type RigDefinition,
  RigError,
  type RigEvent,
  type RigProvenance,
  type RigReport,
  TICK_us,
} from '#hil/rig/rig'
export type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
export { serialTransport } from '#hil/rig/serial/port'
export type { Connection, Transport } from '#hil/rig/serial/transport'
export { type Address, tcpTransport } from '#hil/rig/tcp/client'
export { analysisOf } from '#hil/run/analysis/analysis'
export type * from '#hil/run/analysis/types'
export type { Observation, PartedLedgers } from '#hil/run/checks/observation'
export type * from '#hil/run/detection/types'
export { type ExecuteOptions, execute } from '#hil/run/execute'
export type { Instrument } from '#hil/run/instrument'
export { type CheckDefinition, defineCheck, type JudgeContext, judge } from '#hil/run/judge'
export { type Growth, type Ledgers, ledgersOf } from '#hil/run/ledgers'
export type { MeasuredRig } from '#hil/run/measured-rig'
export { type Profile, type ProfileStretch, profilesOf } from '#hil/run/profiles'
export { PumpError } from '#hil/run/pump-error'
export { readTrace } from '#hil/run/read-trace'
export type * from '#hil/run/result'
export { rotorMass } from '#hil/run/rotor-mass'
export type { BrokenOff, Trace, TraceRecord } from '#hil/run/trace'
export { TraceError, TruncatedTraceError } from '#hil/run/trace-error'
export { traceLine } from '#hil/run/trace-line'
export { type ParsedScenario, type ParseOptions, parseScenario } from '#hil/scenario/parse'
export { type Problem, problemText } from '#hil/scenario/problem'
export type { Scenario } from '#hil/scenario/types'
export { type Cadence, cadencesOf, countThrough, lastTick, shifted, slice, tickOf } from '#units/cadence'
export type { Quantity } from '#units/quantity'
export type { Rational } from '#units/rational'
export { rational }
