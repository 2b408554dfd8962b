import { createRoot } from "react-dom/client";

import { App } from "./App";
import { environment } from "./environment";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App environment={environment("/graphql")} />);
