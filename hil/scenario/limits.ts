/** The limits that the clinic sets in a scenario. */
import type { Findings } from '#hil/scenario/findings'
import { limitsSchema } from '#hil/scenario/limit-language'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import { given, read } from '#hil/scenario/structure'
import type { Dose, Limits } from '#hil/scenario/types'
import { as, type Fraction } from '#units/quantity'
import { compare } from '#units/rational'

/** The limits of the file; undefined when something is wrong with them. */
export function readLimits(findings: Findings): Limits | undefined {
  const written = given(findings, ['limits']) ? read(findings, ['limits'], limitsSchema) : {}
  if (written === undefined) return undefined
  const { daily_dose: dose = {}, change = {} } = written
  inOrder(findings, ['limits', 'daily_dose'], dose)
  inOrder(findings, ['limits', 'change'], change)
  return {
    dailyDose: { soft: doseOf(dose.soft), hard: doseOf(dose.hard) },
    change: { soft: partOf(change.soft), hard: partOf(change.hard) },
  }
}

interface Pair {
  readonly soft?: Written | undefined
  readonly hard?: Written | undefined
}

/** A soft limit above the hard one would never be heard; a mass and a volume cannot be compared. */
function inOrder(findings: Findings, path: Path, { soft, hard }: Pair): void {
  if (soft === undefined || hard === undefined || soft.dimension !== hard.dimension) return
  if (compare(soft.value, hard.value) <= 0) return
  findings.add([...path, 'soft'], `"${soft.text}" is above the hard limit, "${hard.text}", and would warn of nothing`)
}

function doseOf(written: Written | undefined): Dose | null {
  if (written === undefined) return null
  return written.dimension === 'mass'
    ? { by: 'mass', mass_ug: as(written.value) }
    : { by: 'volume', volume_uL: as(written.value) }
}

function partOf(written: Written | undefined): Fraction | null {
  return written === undefined ? null : as(written.value)
}
