'use strict'

const { execFileSync, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const core = require('@actions/core')
const { list, refuseUnknown } = require('./inputs.js')

const { BUILDS, GITHUB_JOB, GITHUB_RUN_ID, RUNNER_TEMP } = process.env

function readInputs() {
  const lines = (name) => list(core.getInput(name))
  const inputs = {
    context: core.getInput('context', { required: true }),
    file: core.getInput('file'),
    target: core.getInput('target'),
    platforms: list(core.getInput('platforms'), { commas: true }),
    buildArgs: lines('build-args'),
    labels: lines('labels'),
    tags: list(core.getInput('tags'), { commas: true }),
    secrets: lines('secrets'),
    secretEnvs: lines('secret-envs'),
    secretFiles: lines('secret-files'),
    load: core.getBooleanInput('load'),
    push: core.getBooleanInput('push'),
    outputs: lines('outputs'),
    cacheFrom: lines('cache-from'),
    cacheTo: lines('cache-to'),
    noCache: core.getBooleanInput('no-cache'),
    pull: core.getBooleanInput('pull'),
  }
  for (const name of ['provenance', 'sbom']) {
    if (core.getInput(name) !== 'false') {
      throw new Error(`${name} is not false: the image would become an index, whose ID is no image's`)
    }
  }
  if (inputs.platforms.length > 1) throw new Error('an engine holds an image for one platform')
  return inputs
}

function destinations(outputs) {
  return outputs.map((output) => {
    const fields = Object.fromEntries(output.split(',').map((field) => field.split('=')))
    const { type, dest, ...others } = fields
    if (type !== 'docker' || Object.keys(others).length > 0) {
      throw new Error(`the stand-in knows the output type=docker[,dest=FILE], not '${output}'`)
    }
    return dest
  })
}

// As the real one does: a value reaches buildx in a file, never in its command line.
function secretFlags(inputs) {
  const folder = fs.mkdtempSync(path.join(RUNNER_TEMP, 'build-secrets-'))
  const split = (item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]
  const flags = inputs.secrets.map((item) => {
    const [name, value] = split(item)
    const file = path.join(folder, name)
    fs.writeFileSync(file, value, { mode: 0o600 })
    return `id=${name},src=${file}`
  })
  for (const [name, variable] of inputs.secretEnvs.map(split)) {
    flags.push(`id=${name},env=${variable}`)
  }
  for (const [name, file] of inputs.secretFiles.map(split)) {
    if (!fs.existsSync(file)) throw new Error(`secret file ${file} not found`)
    flags.push(`id=${name},src=${file}`)
  }
  return { folder, flags: flags.flatMap((flag) => ['--secret', flag]) }
}

function buildFlags(inputs, name, idFile) {
  const repeated = (flag, items) => items.flatMap((item) => [flag, item])
  const caches = (items) => items.filter((item) => !item.split(',').includes('type=gha'))
  return [
    ...['--load', '--provenance=false', '--sbom=false', '--progress=plain', '--iidfile', idFile],
    ...repeated('--tag', [name, ...inputs.tags]),
    // An image of this run alone: removing it takes nothing from a neighbour with the same content.
    ...repeated('--label', [...inputs.labels, `stand-in.run=${GITHUB_RUN_ID}`]),
    ...repeated('--build-arg', inputs.buildArgs),
    ...repeated('--cache-from', caches(inputs.cacheFrom)),
    ...repeated('--cache-to', caches(inputs.cacheTo)),
    ...repeated('--platform', inputs.platforms),
    ...(inputs.file ? ['--file', inputs.file] : []),
    ...(inputs.target ? ['--target', inputs.target] : []),
    ...(inputs.noCache ? ['--no-cache'] : []),
  ]
}

const docker = (...words) => execFileSync('docker', words, { encoding: 'utf8' }).trim()

function build(inputs, name) {
  const idFile = path.join(RUNNER_TEMP, `iid-${process.pid}`)
  const { folder, flags } = secretFlags(inputs)
  try {
    const words = ['buildx', 'build', ...buildFlags(inputs, name, idFile), ...flags, inputs.context]
    core.info(`docker ${words.join(' ')}`)
    if (spawnSync('docker', words, { stdio: 'inherit' }).status !== 0) {
      throw new Error('buildx failed: the log above says why')
    }
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
  return fs.readFileSync(idFile, 'utf8').trim()
}

function push(tags) {
  if (tags.length === 0) throw new Error('tag is needed when pushing to registry')
  for (const tag of tags) execFileSync('docker', ['push', tag], { stdio: 'inherit' })
  return docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', tags[0]).split('@')[1]
}

// What was asked for, without any secret's value: scenarios read it.
function writeDown(inputs) {
  const names = (items) => items.map((item) => item.slice(0, item.indexOf('=')))
  const shown = { ...inputs, secrets: names(inputs.secrets), job: GITHUB_JOB }
  const file = path.join(BUILDS, `${GITHUB_JOB}-${process.pid}.json`)
  fs.writeFileSync(file, JSON.stringify(shown))
}

function main() {
  refuseUnknown(__dirname)
  const inputs = readInputs()
  if (BUILDS) writeDown(inputs)
  const files = destinations(inputs.outputs)
  const name = `stand-in:${GITHUB_RUN_ID}-${process.pid}`
  const id = build(inputs, name)
  for (const file of files.filter(Boolean)) {
    docker('save', '--output', file, ...(inputs.tags.length > 0 ? inputs.tags : [id]))
  }
  const digest = inputs.push ? push(inputs.tags) : ''
  // The real builder keeps its images to itself: what was not asked for must not be found later.
  const stays = inputs.load || files.includes(undefined)
  docker('image', 'rm', name, ...(stays ? [] : inputs.tags))
  core.setOutput('imageid', id)
  core.setOutput('digest', digest)
  core.setOutput('metadata', JSON.stringify({ 'containerimage.config.digest': id }))
}

try {
  main()
} catch (error) {
  core.setFailed(error.message)
}
