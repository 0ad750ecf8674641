/**
 * A window that slides along a line: where it starts and how much the line grows within it.
 *
 * Between two starts at which one of its ends crosses a change of rate, that growth is itself a straight line.
 */
import { type RuledLine, type RuledPiece, valueOn } from '#hil/oracle/ruled'

/** Starts of the window, `first` to `last`, over which the growth within it changes steadily. All numbers are rulings. */
export interface Reach {
  readonly first: bigint
  readonly last: bigint
  /** Growth of the line within the window at the first and at the last start. */
  readonly atFirst: bigint
  readonly atLast: bigint
  /** Change of that growth for every ruling of time. */
  readonly slope: bigint
}

/** The reaches of a window that starts anywhere from `first` to `last`, in order; each begins where the last one ends. */
export function* reachesOf(line: RuledLine, window: bigint, first: bigint, last: bigint): Generator<Reach> {
  const { pieces } = line
  let [tail, head] = [indexAt(pieces, -1, first), indexAt(pieces, -1, first + window)]
  for (let start = first; ; ) {
    const next = [pieces[tail + 1]?.from, minus(pieces[head + 1]?.from, window)]
    const end = next.reduce<bigint>((least, from) => (from !== undefined && from < least ? from : least), last)
    const [from, to] = [pieces[tail], pieces[head]]
    const growth = (t: bigint) => valueOn(to, pieces[0], t + window) - valueOn(from, pieces[0], t)
    const slope = (to?.rate ?? 0n) - (from?.rate ?? 0n)
    yield { first: start, last: end, atFirst: growth(start), atLast: growth(end), slope }
    if (end === last) return
    start = end
    tail = indexAt(pieces, tail, start)
    head = indexAt(pieces, head, start + window)
  }
}

function minus(a: bigint | undefined, b: bigint): bigint | undefined {
  return a === undefined ? undefined : a - b
}

/** Index of the piece that holds at `t`, no earlier than `index`; -1 before the first. */
function indexAt(pieces: readonly RuledPiece[], index: number, t: bigint): number {
  let found = index
  for (let next = pieces[found + 1]; next !== undefined && next.from <= t; next = pieces[found + 1]) found += 1
  return found
}
