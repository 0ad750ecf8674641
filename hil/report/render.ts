/**
 * A result in the form somebody wants to read it in: on a terminal, by a program, or as a page to hand over.
 *
 * Every form is a view of the same result and a pure function of it.
 */
import { htmlReport } from '#hil/report/html'
import { jsonReport } from '#hil/report/json'
import { junitReport } from '#hil/report/junit'
import { terminalReport } from '#hil/report/terminal'
import type { Result } from '#hil/run/result'

export type ReportFormat = 'terminal' | 'json' | 'junit' | 'html'

/** How a terminal shows a report; the other forms have no options. */
export interface RenderOptions {
  /** Whether escape sequences for color may be written; no by default. */
  readonly color?: boolean
  /** Columns of the terminal; 80 by default. */
  readonly width?: number
}

/** The report of a result in one of the forms, each ending in a line break. */
export function render(result: Result, format: ReportFormat, options: RenderOptions = {}): string {
  switch (format) {
    case 'terminal':
      return terminalReport(result, { color: options.color ?? false, width: options.width ?? 80 })
    case 'json':
      return jsonReport(result)
    case 'junit':
      return junitReport(result)
    case 'html':
      return htmlReport(result)
  }
}
