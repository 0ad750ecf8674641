/** Tables and waveforms of a trace, each to a file of its own: which there are, and how each is written. */
import { eventsCsv, samplesCsv, stepsCsv } from '#hil/report/csv'
import { vcdReport } from '#hil/report/vcd'
import { WHOLE_RUN, type Window } from '#hil/report/window'
import type { Trace } from '#hil/run/trace'
import { TraceError } from '#hil/run/trace-error'
import { writeParts } from '#scripts/outputs'

type Rendered = Generator<string, string | null>

/** A view: the option that asks for it, how its file ends where several lie in a folder, and its text. */
interface ViewKind {
  readonly option: 'csv' | 'csvEvents' | 'csvSteps' | 'vcd'
  readonly flag: string
  readonly extension: string
  readonly render: (trace: Trace, window: Window) => Rendered
}

/** Every view; a longer extension comes before one that it ends in. */
export const VIEWS: readonly ViewKind[] = [
  { option: 'csvEvents', flag: '--csv-events', extension: '.events.csv', render: eventsCsv },
  { option: 'csvSteps', flag: '--csv-steps', extension: '.steps.csv', render: stepsCsv },
  { option: 'csv', flag: '--csv', extension: '.csv', render: samplesCsv },
  { option: 'vcd', flag: '--vcd', extension: '.vcd', render: vcdReport },
]

export type ViewName = ViewKind['option']

/** Where each view is to go, as on the command line; `window` narrows those that show single steps. */
export interface ViewOptions {
  readonly csv?: string
  readonly csvEvents?: string
  readonly csvSteps?: string
  readonly vcd?: string
  readonly window?: Window
}

/** One view to be written. */
export interface ViewFile {
  readonly view: ViewName
  readonly path: string
}

/** Writes the views; one line for each that could not be written, or not whole. */
export function writeViews(trace: Trace, files: readonly ViewFile[], window: Window = WHOLE_RUN): string[] {
  return files.flatMap(({ view, path }) => {
    const kind = VIEWS.find(({ option }) => option === view)
    if (kind === undefined) throw new RangeError(`there is no view ${view}`)
    const losses: string[] = []
    const problem = writeParts(path, told(kind.render(trace, window), losses))
    return [...losses, ...(problem === null ? [] : [problem])].map((loss) => `${kind.flag} ${path}: ${loss}`)
  })
}

/** The pieces of a text; what is missing from it comes last. A trace that breaks off too early has no views. */
function* told(text: Rendered, losses: string[]): Generator<string> {
  try {
    const missing = yield* text
    if (missing !== null) losses.push(missing)
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof RangeError)) throw error
    losses.push(`is not whole: ${error.message}`)
  }
}
