/**
 * The rig file of a run: read before anything runs, held against the rig that is asked for, and dated.
 */
import { parseRigFile, usedOn } from '#hil/calibration/rig-file'
import { isDay } from '#hil/calibration/rig-language'
import type { MeasuredRig } from '#hil/run/measured-rig'
import { problemText } from '#hil/scenario/problem'
import { readText } from '#scripts/scenario-files'

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

/** The day of an instant as the clock of this machine shows it. */
export function dayOf(instant: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`
}

const NONE: RigFileInUse = { measured: null, problems: [] }

function wrong(problems: readonly string[]): RigFileInUse {
  return { measured: null, problems }
}
