/**
 * What things cost, each beside a floor or a peer measured in the same run: `npm run build && npm run bench`.
 *
 * A figure alone says more about the machine than about the program; a ratio says something about the program. Nothing is
 * asserted: on a busy machine a budget may be missed, and a person can tell that from the floors.
 */
import { campaigns } from '#scripts/bench/campaigns'
import { explorations } from '#scripts/bench/explorations'
import { frames } from '#scripts/bench/frames'
import { machines } from '#scripts/bench/machines'
import { numbers } from '#scripts/bench/numbers'
import { processes } from '#scripts/bench/processes'
import { records } from '#scripts/bench/records'
import { table } from '#scripts/bench/row'
import { traces } from '#scripts/bench/traces'
import { week } from '#scripts/bench/week'
import { wire } from '#scripts/bench/wire'
import { years } from '#scripts/bench/years'

const start_ms = performance.now()
const { rows, trace } = await years()
console.log(
  table([
    ...processes(),
    ...(await week()),
    ...(await campaigns()),
    ...explorations(),
    ...machines(),
    ...rows,
    ...traces(trace),
    ...(await records()),
    ...frames(),
    ...numbers(),
    ...(await wire()),
  ]),
)
console.log(
  `\nNode ${process.version}, ${process.platform} ${process.arch}; ${Math.round((performance.now() - start_ms) / 1000)} s`,
)
