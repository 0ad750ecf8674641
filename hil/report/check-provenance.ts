/**
 * Where the figure of a check comes from: which account it measured, whether that was measured or modelled, and how far it
 * may be out. A verdict is worth no more than what it was measured with, so every check says so beside its verdict.
 */
import type { CheckResult, RunResult } from '#hil/run/result'
import { decimal } from '#units/format'

/** An account that a check looks at. */
type Account = 'rotor' | 'tip' | 'reservoir' | 'belief' | 'telling' | 'balance' | 'bench'

const ACCOUNTS: ReadonlyMap<string, readonly Account[]> = new Map<string, readonly Account[]>([
  ['tracking', ['rotor', 'belief']],
  ['delivered-volume', ['rotor']],
  ['windowed-flow', ['rotor']],
  ['trumpet', ['rotor']],
  ['start-up', ['rotor']],
  ['mean-flow-error', ['rotor']],
  ['bolus-accuracy', ['rotor']],
  ['interruption', ['rotor']],
  ['dose-at-tip', ['tip']],
  ['max-dose', ['tip']],
  ['changeover', ['tip']],
  ['reservoir-estimate', ['reservoir', 'belief']],
  ['believed-dose', ['rotor', 'belief']],
  ['alarm', ['telling']],
  ['no-other-alarms', ['telling']],
  ['invariants', ['rotor', 'belief', 'telling']],
  ['alarm-latency', ['telling']],
  ['event', ['telling']],
  ['programmed-as-prescribed', ['telling']],
  ['refused', ['telling']],
  ['no-refusal', ['telling']],
  ['mass-conservation', ['balance']],
  ['faults', ['bench']],
  ['completed', ['bench']],
])

/** Checks that look at the rotor where they are judged in uL, and at the tip else. */
const BY_UNIT: ReadonlySet<string> = new Set(['under-delivery', 'over-delivery'])

/** The provenance of what a check measured, in a sentence without its end. */
export function checkProvenance({ check, unit }: CheckResult, run: RunResult): string {
  const accounts = BY_UNIT.has(check) ? ([unit === 'uL' ? 'rotor' : 'tip'] as const) : ACCOUNTS.get(check)
  return accounts === undefined
    ? 'the check does not say what it measures'
    : accounts.map((account) => accountText(account, run)).join('; ')
}

function accountText(account: Account, { provenance, calibration }: RunResult): string {
  const by = (source: string) => kindOf(source, calibration?.calibrated)
  switch (account) {
    case 'rotor':
      return `volume at the rotor ${by(provenance.displaced)}, ${sure(provenance.displaced_uncertainty_uL, 'uL')}`
    case 'tip':
      return `dose at the tip ${by(provenance.tip)}, ${sure(provenance.tip_dose_uncertainty_ug, 'ug')}`
    case 'reservoir':
      return `reservoir ${by(provenance.reservoir)}, ${sure(provenance.reservoir_uncertainty_uL, 'uL')}`
    case 'belief':
      return "the pump's own account, read by telemetry"
    case 'telling':
      return 'what the pump said, read by telemetry'
    case 'balance':
      return 'all that was filled, moved and drawn in the model of reservoir and line'
    case 'bench':
      return 'the record of the bench'
  }
}

/** A source in short: `modelled`, `measured: encoder`, or by which calibration it was measured. */
function kindOf(source: string, calibrated: string | undefined): string {
  if (source.startsWith('measured') && calibrated !== undefined) return `measured by the calibration of ${calibrated}`
  const [kind = source] = source.startsWith('modelled') ? source.split(':') : source.split(';')
  return kind
}

/** The uncertainty over the whole run. */
function sure(uncertainty: number | null, unit: string): string {
  if (uncertainty === null) return 'uncertainty unknown'
  return uncertainty === 0 ? 'uncertainty none' : `uncertain by ${decimal(uncertainty, 3)} ${unit}`
}
