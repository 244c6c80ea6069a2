#!/bin/sh
exec tools/node.sh node tests/browser/slow.mjs
