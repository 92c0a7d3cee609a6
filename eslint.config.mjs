import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

// Import layers, file length and doc comments are checked by local/lint (npm run lint runs both).
export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'sdk', 'bench/results', '**/node_modules', '.pulumi'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strict, ...tseslint.configs.stylistic],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Forgotten promises are the one mistake that only types can find, and that hides in all of this.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      // The compiler checks these better.
      'no-undef': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // With noUncheckedIndexedAccess, `!` after a match or a length check is the honest way to say so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['tests/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    // Serialised dynamic providers hold nothing but inline requires (docs/decisions).
    // BackupBucket loads @pulumi/aws, an optional peer, only when it is used; the plugin loads only what it is asked for.
    files: [
      'provider/actions/*/resource.ts',
      'provider/aws/backup-bucket.ts',
      'provider/cmd/pulumi-resource-postgres-ha/*.ts',
    ],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.cjs', '**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
);
