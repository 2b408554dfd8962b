import type { CodegenConfig } from "@graphql-codegen/cli";

export default {
  schema: "../../schema.graphql",
  documents: "src/*.ts",
  generates: {
    "src/hub/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: false,
        // The manifest of trusted documents: their text by its SHA-256.
        persistedDocuments: { hashAlgorithm: "sha256" },
      },
      config: {
        scalars: { Date: "string", DateTime: "string", Decimal: "string" },
        useTypeImports: true,
        enumsAsTypes: true,
      },
    },
  },
} satisfies CodegenConfig;
