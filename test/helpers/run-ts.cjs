// For children of tests: node -r this FILE.ts runs TypeScript as jest does.
const { transformFileSync } = require('@swc/core');
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (/^\.{1,2}\/.*\.js$/.test(request)) {
    try {
      return resolve.call(this, request.replace(/\.js$/, '.ts'), ...rest);
    } catch {
      // a file that is JavaScript
    }
  }
  return resolve.call(this, request, ...rest);
};
require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } });
  module._compile(code, file);
};
