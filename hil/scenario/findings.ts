/** Everything found wrong with one file: collected in any order, reported in the order of the text, bounded in number. */
import type { Problem } from '#hil/scenario/problem'
import { type Path, positions, type Sheet } from '#hil/scenario/sheet'
import { visible } from '#hil/scenario/wording'

const MOST_PROBLEMS = 100

interface Beside {
  readonly file: string
  readonly text: string
  readonly findings: Findings
}

/** The problems of one file, and the file they are about. */
export class Findings {
  readonly #faults: { offset: number; message: string }[] = []
  readonly #beside: Beside[] = []
  readonly sheet: Sheet

  constructor(sheet: Sheet) {
    this.sheet = sheet
    this.#faults.push(...sheet.faults)
  }

  /** Something is wrong with the value at the path, or with the map that lacks it. */
  add(path: Path, message: string): void {
    this.#faults.push({ offset: this.sheet.valueAt(path), message })
  }

  /** Something is wrong with the last key of the path. */
  addAtKey(path: Path, message: string): void {
    this.#faults.push({ offset: this.sheet.keyAt(path), message })
  }

  /** Findings of a file that this one names; they are counted and reported with these, after them. */
  beside(file: string, text: string, sheet: Sheet): Findings {
    const findings = new Findings(sheet)
    this.#beside.push({ file, text, findings })
    return findings
  }

  get count(): number {
    return this.#beside.reduce((sum, { findings }) => sum + findings.count, this.#faults.length)
  }

  /** The problems in the order of the text; beyond a hundred, how many more there are. */
  problems(file: string, text: string): Problem[] {
    const position = positions(text)
    const sorted = this.#faults.toSorted((a, b) => a.offset - b.offset)
    const [more] = sorted.slice(MOST_PROBLEMS)
    const shown = sorted.slice(0, MOST_PROBLEMS)
    if (more !== undefined) {
      shown.push({ ...more, message: `... and ${sorted.length - MOST_PROBLEMS} more problems from here on` })
    }
    return [
      ...shown.map(({ offset, message }) => ({ file, ...position(offset), message: visible(message) })),
      ...this.#beside.flatMap((other) => other.findings.problems(other.file, other.text)),
    ]
  }
}
