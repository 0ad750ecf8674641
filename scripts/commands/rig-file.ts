/**
 * The rig file of a run: read before anything runs, held against the rig that is asked for, and dated.
 */
import { parseRigFile, usedOn } from '#hil/calibration/rig-file'
import { isDay } from '#hil/calibration/rig-language'
import { type MeasuredRig, trueStep_uL } from '#hil/run/measured-rig'
import { problemText } from '#hil/scenario/problem'
import { readText, type ScenarioFile } from '#scripts/scenario-files'
import { decimal } from '#units/format'
import { compare, divide, whole } from '#units/rational'

export interface RigFileOptions {
  readonly rigFile?: string
  /** Day of the run; today unless given. */
  readonly date?: string
}

/** The measured rig, null where no file is named, and every problem. */
export interface RigFileInUse {
  readonly measured: MeasuredRig | null
  readonly problems: readonly string[]
}

/** `today` is the day of the clock on the wall, which only an entry point may look at. */
export function rigFileInUse({ rigFile, date }: RigFileOptions, rigName: string, today: string): RigFileInUse {
  if (rigFile === undefined) {
    return date === undefined ? NONE : wrong(['--date has no meaning without --rig-file, which it dates; leave it out'])
  }
  if (date !== undefined && !isDay(date)) return wrong([`--date ${JSON.stringify(date)}: a day is written as ${today}`])
  const content = readText(rigFile)
  if ('problem' in content) return wrong([problemText({ file: rigFile, line: 1, column: 1, message: content.problem })])
  const parsed = parseRigFile(content.text, rigFile)
  if (!parsed.ok) return wrong(parsed.problems.map(problemText))
  const measured = usedOn(parsed.rig, date ?? today)
  if (measured.rig === rigName) return { measured, problems: [] }
  return wrong([
    `--rig-file ${rigFile} is of the rig ${measured.rig}, and --rig is ${rigName}; use the file of that rig`,
  ])
}

/** How many times the step of the model a measured step may be, or the model's the measured one. */
const MOST_TIMES = whole(10)

/** Scenarios for whose pump model the measured step is no step: the file is of another pump, or its unit is wrong. */
export function stepProblems(
  { rigFile }: RigFileOptions,
  measured: MeasuredRig | null,
  files: readonly Pick<ScenarioFile, 'file' | 'scenario'>[],
): string[] {
  if (measured === null) return []
  return files.flatMap(({ file, scenario }) => {
    const [step_uL, model_uL] = [trueStep_uL(scenario, measured), scenario.pump.step_uL]
    const far = [divide(step_uL, model_uL), divide(model_uL, step_uL)].some((part) => compare(part, MOST_TIMES) > 0)
    if (!far) return []
    const both = `a step of ${decimal(step_uL)} uL, and that of the pump model in ${file} is ${decimal(model_uL)} uL`
    return [`--rig-file ${rigFile ?? ''}: ${both}; no pump is out by more than 10 times: use the file of this rig`]
  })
}

/** The day of an instant as the clock of this machine shows it. */
export function dayOf(instant: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`
}

const NONE: RigFileInUse = { measured: null, problems: [] }

function wrong(problems: readonly string[]): RigFileInUse {
  return { measured: null, problems }
}
