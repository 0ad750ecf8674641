/**
 * A result in the form somebody wants to read it in: on a terminal, by a program, or as a page to hand over.
 *
 * Every form is a view of the same result and a pure function of it.
 */
import type { RunCurves } from '#hil/report/curves/run-curves'
import { htmlReport } from '#hil/report/html'
import { jsonReport } from '#hil/report/json'
import { junitReport } from '#hil/report/junit'
import { terminalReport } from '#hil/report/terminal'
import type { Result } from '#hil/run/result'

export type ReportFormat = 'terminal' | 'json' | 'junit' | 'html'

/** How a report is shown; each form takes what concerns it. */
export interface RenderOptions {
  /** Whether escape sequences for color may be written; no by default. */
  readonly color?: boolean
  /** Columns of the terminal; 80 by default. */
  readonly width?: number
  /** What an HTML report draws its runs from, see {@link curvesOf}; a run without is drawn from the samples of the result. */
  readonly curves?: readonly RunCurves[]
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
      return htmlReport(result, options.curves)
  }
}
