#!/bin/sh
# The console's own modules, without a browser: calendars, digits, amounts, lists.
if [ ! -d console/node_modules/svelte ] || [ ! -f console/src/gen/messages/index.js ]; then
    echo "1..0 # SKIP the console is not built here (make builds it)"
    exit 0
fi
cd console && exec ../tools/node.sh node --import ./test/register.mjs --test --test-timeout=120000 --test-reporter=tap test/*.test.mjs
