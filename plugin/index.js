// The same program as bin/pulumi-resource-postgres-ha, of the package that this folder is in.
'use strict';
require('../dist/cmd/pulumi-resource-postgres-ha/main.js');
