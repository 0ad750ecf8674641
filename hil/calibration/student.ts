/**
 * The factor by which a standard uncertainty is expanded so that it covers 95.45 %, by the degrees of freedom behind it
 * (JCGM 100:2008, table G.2). Degrees between two rows take the lower one, which is the larger factor.
 */

/** How much of the distribution the expanded uncertainty covers. */
export const CONFIDENCE_percent = 95.45

const FACTORS: readonly (readonly [degrees: number, factor: number])[] = [
  [1, 13.97],
  [2, 4.53],
  [3, 3.31],
  [4, 2.87],
  [5, 2.65],
  [6, 2.52],
  [7, 2.43],
  [8, 2.37],
  [9, 2.32],
  [10, 2.28],
  [11, 2.25],
  [12, 2.23],
  [13, 2.21],
  [14, 2.2],
  [15, 2.18],
  [16, 2.17],
  [17, 2.16],
  [18, 2.15],
  [19, 2.14],
  [20, 2.13],
  [25, 2.11],
  [30, 2.09],
  [35, 2.07],
  [40, 2.06],
  [50, 2.05],
  [100, 2.03],
]

/** `degrees` at least 1, infinite where nothing was estimated from few repeats. */
export function coverageFactor(degrees: number): number {
  const row = FACTORS.findLast(([least]) => least <= degrees)
  if (row === undefined) throw new RangeError(`${degrees} degrees of freedom: one at least is needed`)
  return degrees === Number.POSITIVE_INFINITY ? 2 : row[1]
}
