import { Suspense, useState } from "react";
import { RelayEnvironmentProvider } from "react-relay";
import type { Environment } from "relay-runtime";

import { Account } from "./Account";
import { Accounts } from "./Accounts";

/** The accounts, and the one that was chosen. */
export function App({ environment }: { environment: Environment }) {
  const [chosen, choose] = useState<string>();
  return (
    <RelayEnvironmentProvider environment={environment}>
      <Suspense fallback={<p>Loading …</p>}>
        <Accounts onChoose={choose} />
      </Suspense>
      {chosen && (
        <Suspense fallback={<p>Loading …</p>}>
          <Account id={chosen} />
        </Suspense>
      )}
    </RelayEnvironmentProvider>
  );
}
