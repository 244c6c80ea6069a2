#!/bin/sh
exec tools/node.sh node tests/browser/promises.mjs
