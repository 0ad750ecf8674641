import { visible } from '#hil/scenario/wording'

/** What is wrong with an input file, and where: the message a person at the bench gets. */
export interface Problem {
  readonly file: string
  /** Both counted from 1. */
  readonly line: number
  readonly column: number
  /** What was found, the rule, and what to do. One line of plain text. */
  readonly message: string
}

/** `file:line:column: message`, the form that editors and CI logs turn into links; no file name can forge a line. */
export function problemText(problem: Problem): string {
  return `${visible(problem.file)}:${problem.line}:${problem.column}: ${problem.message}`
}
