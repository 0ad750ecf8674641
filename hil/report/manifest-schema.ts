/**
 * The manifest of a record: every file of a campaign in one folder, each with its size and digest and what it was made
 * from, so that somebody who was not there can tell whether the record is whole, unaltered and says what the traces say.
 *
 * A manifest may come from anywhere: a path in it never leaves its folder, and everything is bounded.
 */
import { z } from 'zod'

/** Largest manifest that is read, and most files that one lists: ten times what ten thousand scenarios make. */
export const LARGEST_MANIFEST = 64 * 1024 * 1024
const MOST_ARTIFACTS = 200_000
const LONGEST_PATH = 300
const LONGEST_TEXT = 10_000

/** A part of a path begins with no dot, so that none is `..`; neither `\` nor `:` nor a slash in front can stand in it. */
const PATH = /^(?!manifest\.json$)[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/

const text = (description: string) => z.string().max(LONGEST_TEXT).describe(description)
const digest = (description: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal')
    .describe(description)
const place = z
  .string()
  .max(LONGEST_PATH)
  .regex(PATH, 'expected a path within the folder: names of letters, digits, ".", "_" and "-", separated by "/"')

const KINDS = [
  ...['scenario', 'pump-model', 'requirements', 'baseline'],
  ...['trace', 'result', 'junit', 'report', 'samples', 'events', 'steps', 'waveforms'],
] as const

const ARTIFACT = z
  .strictObject({
    path: place.describe('Where the file lies, from the folder of the manifest'),
    kind: z.enum(KINDS).describe('What the file is'),
    scenario: z.string().max(LONGEST_PATH).exactOptional().describe('The scenario it belongs to; absent: to all'),
    attempt: z.int().exactOptional().describe('The attempt at the scenario it is of, from 1; absent: of none'),
    size: z.int().nonnegative().describe('Size of the file, in bytes'),
    sha256: digest('SHA-256 of the bytes of the file, in hex'),
    derived_from: z
      .array(place)
      .max(MOST_ARTIFACTS)
      .describe('Paths of the files that this one was made from and can be made from again; empty: it was given'),
  })
  .describe('One file of the record')

const OPTION = z.union([z.string().max(LONGEST_TEXT), z.number(), z.boolean(), z.array(z.string().max(LONGEST_TEXT))])

/** A manifest as it is written and read. */
export const MANIFEST = z
  .strictObject({
    schema: z.literal('pumpbench/manifest@1').describe('Name and version of this format'),
    tool: text('Name of the tool'),
    version: text('Version of the tool'),
    commit: z.string().max(LONGEST_TEXT).nullable().describe('Commit of the tool; null: not known'),
    node: text('Version of Node.js'),
    platform: text('Operating system and processor'),
    started: text('When the runs were started, ISO 8601'),
    ended: z.string().max(LONGEST_TEXT).nullable().describe('When the record was closed, ISO 8601; null: it was not'),
    state: z
      .enum(['running', 'interrupted', 'complete'])
      .describe('complete: every run came to its end; running: the run is under way, or was killed'),
    rig_firmware: z
      .string()
      .max(LONGEST_TEXT)
      .nullable()
      .describe('Build hash of the rig firmware; null: the rig has none'),
    command: z
      .strictObject({
        paths: z.array(text('A path')).describe('Files and folders of scenarios, as given'),
        options: z.record(z.string().max(LONGEST_TEXT), OPTION).describe('Options of the command line, as given'),
      })
      .describe('What was asked for'),
    artifacts: z
      .array(ARTIFACT)
      .max(MOST_ARTIFACTS)
      .refine((all) => new Set(all.map(({ path }) => path.toLowerCase())).size === all.length, 'a path is listed twice')
      .refine((all) => {
        const paths = new Set(all.map(({ path }) => path))
        return all.every(({ derived_from }) => derived_from.every((path) => paths.has(path)))
      }, 'a file derives from one that is not listed')
      .describe('Every file of the record but the manifest'),
  })
  .describe('Manifest of a record. Nobody signs it: keep its own digest elsewhere if that matters')

export type RecordManifest = z.infer<typeof MANIFEST>
export type Artifact = RecordManifest['artifacts'][number]
export type ArtifactKind = Artifact['kind']

/** The JSON Schema (draft 2020-12) of a manifest. */
export function manifestJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(MANIFEST, { target: 'draft-2020-12' })
  return { $schema, $id: 'urn:pumpbench:manifest:1', ...rest }
}
