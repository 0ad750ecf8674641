/** `pumpbench verify`: a record checked, every file by its digest and every verdict by its trace. */
import type { Artifact, RecordManifest } from '#hil/report/manifest-schema'
import { plain } from '#hil/report/plain'
import type { Outcome } from '#hil/run/result'
import { EXIT, type ExitStatus, exitStatus } from '#scripts/exit'
import { bytesIn, type Contents, contentsOf, digestIn, readManifest } from '#scripts/record-folder'
import { judgeRecord } from '#scripts/record-judgement'

/** Most lines that are printed of a kind. */
const MOST_LINES = 100

/**
 * A record that does not hold fails, whatever its verdicts are; one whose run did not end cannot be more than inconclusive;
 * else its verdicts decide. What is no record at all is invalid input.
 */
export function verify(path: string): ExitStatus {
  const read = readManifest(path)
  if (!read.ok) {
    console.error(plain(read.problem))
    return EXIT.usage
  }
  const { folder, manifest, sha256 } = read
  const contents = listed(folder)
  if (typeof contents === 'string') {
    console.error(plain(`${folder}: ${contents}`))
    return EXIT.usage
  }
  const bad = new Map(manifest.artifacts.flatMap((artifact) => damage(folder, artifact, contents)))
  const extra = extraFiles(manifest, contents)
  const judgement = judgeRecord(manifest, (file) => (bad.has(file) ? 'does not hold' : bytesIn(folder, file)))
  const unended = manifest.state === 'running'
  const problems = [
    ...[...bad].map(([file, what]) => `${file}: ${what}`),
    ...(unended ? [] : extra),
    ...judgement.problems.filter((problem) => !problem.endsWith(': does not hold')),
  ]
  const notes = [
    ...judgement.notes,
    ...(unended ? ['the run that makes this record has not ended: it is under way, or was killed', ...extra] : []),
    ...(manifest.state === 'interrupted' ? ['the run was interrupted'] : []),
    ...(judgement.judged.length === 0 ? ['no run was judged again, so nothing is shown of any pump'] : []),
  ]
  print(console.error, problems)
  print(console.log, notes)
  const { version, started, artifacts } = manifest
  console.log(plain(`manifest: sha256 ${sha256}, by pumpbench ${version}, started ${started}`))
  console.log(`files: ${artifacts.length - bad.size} of ${artifacts.length} are as listed`)
  console.log(
    `runs: ${judgement.judged.length} of ${judgement.result?.runs.length ?? 0} judged again from their traces${tally(judgement.judged)}`,
  )
  console.log(
    problems.length === 0
      ? 'the record holds'
      : `the record does not hold: ${problems.length} problem${problems.length === 1 ? '' : 's'}`,
  )
  if (problems.length > 0) return EXIT.fail
  return judgement.result === null
    ? EXIT.inconclusive
    : exitStatus(judgement.result, manifest.state !== 'complete' || judgement.judged.length === 0)
}

function listed(folder: string): Contents | string {
  try {
    return contentsOf(folder)
  } catch (error) {
    return `cannot be searched: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** What is wrong with a listed file, as an entry by its path; none where it holds. */
function damage(folder: string, { path, size, sha256 }: Artifact, { files, strange }: Contents): [string, string][] {
  if (!files.has(path)) return [[path, strange.has(path) ? `missing: ${strange.get(path)} is in its place` : 'missing']]
  const digest = digestIn(folder, path)
  if (typeof digest === 'string') return [[path, digest]]
  if (digest.size === size && digest.sha256 === sha256) return []
  return [
    [path, `altered: ${digest.size} bytes with sha256 ${digest.sha256}, where ${size} bytes with ${sha256} are listed`],
  ]
}

/** What lies in the folder and is not listed. */
function extraFiles({ artifacts }: RecordManifest, { files, strange }: Contents): string[] {
  const known = new Set(artifacts.map(({ path }) => path))
  return [
    ...[...files].filter((path) => !known.has(path)).map((path) => `${path}: not listed in the manifest`),
    ...[...strange]
      .filter(([path]) => !known.has(path))
      .map(([path, what]) => `${path}: not listed in the manifest: ${what}`),
  ]
}

function tally(judged: readonly Outcome[]): string {
  const counts = (['pass', 'fail', 'inconclusive'] as const).flatMap((verdict) => {
    const count = judged.filter((one) => one === verdict).length
    return count === 0 ? [] : [`${count} ${verdict}`]
  })
  return counts.length === 0 ? '' : `: ${counts.join(', ')}`
}

function print(line: (text: string) => void, lines: readonly string[]): void {
  for (const text of lines.slice(0, MOST_LINES)) line(plain(text))
  if (lines.length > MOST_LINES) line(`and ${lines.length - MOST_LINES} more`)
}
