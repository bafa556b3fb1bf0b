'use strict'

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const core = require('@actions/core')
const { refuseUnknown } = require('./inputs.js')

// As the real one packs and unpacks: with tar, from and to the same place.
function tar(...words) {
  execFileSync('tar', ['--absolute-names', '--gzip', ...words], { stdio: 'inherit' })
}

function main() {
  refuseUnknown(__dirname)
  const key = core.getInput('key', { required: true })
  if (key.length > 512 || key.includes(',')) {
    throw new Error(`Key Validation Error: ${key} has a comma or more than 512 characters.`)
  }
  const [folder, ...more] = core.getMultilineInput('path', { required: true })
  if (more.length > 0) throw new Error('the stand-in takes one path')
  const place = path.resolve(folder.replace(/^~(?=\/|$)/, process.env.HOME))
  const archive = path.join(process.env.CACHES, `${encodeURIComponent(key)}.tgz`)
  const hit = fs.existsSync(archive)
  if (core.getState('begun')) {
    // What is saved under a key is never replaced.
    if (hit || !fs.existsSync(place)) return
    tar('--create', '--file', archive, place)
    core.info(`Cache saved with key: ${key}`)
    return
  }
  core.saveState('begun', 'true')
  core.setOutput('cache-hit', String(hit))
  if (hit) tar('--extract', '--file', archive)
  core.info(hit ? `Cache restored from key: ${key}` : `Cache not found for input keys: ${key}`)
}

try {
  main()
} catch (error) {
  core.setFailed(error.message)
}
