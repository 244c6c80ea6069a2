#!/bin/sh
# tools/node.sh node|npm|npx ARGS...: Node for building the console and for the tests in a browser; never needed to run Rebound.
# A fitting Node of the machine is used; Debian 12 has none (Vite wants 20.19 or newer), so then one comes from the npm registry, by its
# checksum, into build/node.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
what=$1
shift
fits() { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; }
fits && exec "$what" "$@"

node_version=22.23.3
npm_version=11.21.2
npm_sum=ec73c0a64f807e53146af4ac78bd4f9ba0a762a3081e4e77c7e2a6ba1aa64c3a8f9233cc8312294cf713aac13dd4428dc3880504957d7e75e249d1a6d435eaf4
case $(uname -m) in
x86_64) machine=x64
    node_sum=a879f3e6d16c1e88ff58cfae4443558d638d8b9855be6c2b82af00e15efa2a9b95340738fa3c0af31e20c1ba1b13d06d1cd83f00a476e7cdde628acb17f73b9e ;;
aarch64) machine=arm64
    node_sum=9770c01d9adeca5a3ea7d4170edb0eae31b625726a5736179c01a621034e50d01170ca694ced9c99ec1540ffb7ead8c99d213e773a4c36d816f9cde8883bd7b4 ;;
*) echo "No Node is known for $(uname -m): install Node 20.19 or newer with npm, and run make again." >&2
    exit 1 ;;
esac

have=$top/build/node/$node_version-$npm_version
# take NAME VERSION CHECKSUM FOLDER: a package of the registry, checked, unpacked
take() {
    curl -fsSL --retry 3 -o "$have.part/$1.tgz" "https://registry.npmjs.org/$1/-/$1-$2.tgz" || {
        echo "Node could not be fetched from registry.npmjs.org. Install Node 20.19 or newer with npm, and run make again." >&2
        exit 1
    }
    echo "$3  $have.part/$1.tgz" | sha512sum -c --status || {
        echo "$1-$2.tgz from registry.npmjs.org is not what was expected (its checksum differs); it is not used." >&2
        exit 1
    }
    mkdir -p "$have.part/$4"
    tar xzf "$have.part/$1.tgz" -C "$have.part/$4" --strip-components=1
    rm "$have.part/$1.tgz"
}
if [ ! -d "$have" ]; then
    echo "Fetching Node $node_version, which builds the console" >&2
    rm -rf "$have.part"
    mkdir -p "$have.part/bin"
    take "node-linux-$machine" $node_version $node_sum node
    take npm $npm_version $npm_sum npm
    cp "$have.part/node/bin/node" "$have.part/bin/node"
    for command in npm npx; do
        printf '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/node" "$here/../npm/bin/%s-cli.js" "$@"\n' $command >"$have.part/bin/$command"
        chmod +x "$have.part/bin/$command"
    done
    rm -rf "$have.part/node"
    mv "$have.part" "$have"
fi
PATH=$have/bin:$PATH
# It trusts whom the machine trusts, also behind a company's proxy.
: "${NODE_EXTRA_CA_CERTS:=/etc/ssl/certs/ca-certificates.crt}"
export PATH NODE_EXTRA_CA_CERTS
exec "$what" "$@"
