'use strict'

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const core = require('@actions/core')
const { refuseUnknown } = require('./inputs.js')

function hasBuildx(config) {
  const env = config ? { ...process.env, DOCKER_CONFIG: config } : process.env
  try {
    execFileSync('docker', ['buildx', 'version'], { env, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// The plugin is put where this job's client alone looks: the machine's own clients stay as they are.
function install(plugin) {
  const config = process.env.DOCKER_CONFIG || path.join(process.env.RUNNER_TEMP, 'docker-config')
  const link = path.join(config, 'cli-plugins', 'docker-buildx')
  fs.mkdirSync(path.dirname(link), { recursive: true })
  fs.rmSync(link, { force: true })
  fs.symlinkSync(plugin, link)
  if (!hasBuildx(config)) throw new Error(`${plugin} does not work as docker's plugin`)
  core.exportVariable('DOCKER_CONFIG', config)
}

function main() {
  refuseUnknown(__dirname)
  core.getBooleanInput('cache-binary')
  if (!hasBuildx()) install(process.env.BUILDX_PLUGIN)
  core.setOutput('name', 'default')
  core.setOutput('driver', 'docker')
}

try {
  main()
} catch (error) {
  core.setFailed(error.message)
}
