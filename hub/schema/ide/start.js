const place = document.getElementById("graphiql");

const firstQuery = `# Press ▶ or Ctrl-Enter.
{
  accounts(first: 5) {
    totalCount
    nodes {
      id
      name
      domain
      records(first: 10) {
        nodes {
          name
          externalId
          connection {
            connector
            organization {
              name
            }
          }
        }
      }
      opportunities(first: 3) {
        nodes {
          name
          stage
          amount {
            amount
            currency
          }
        }
      }
    }
  }
}
`;

ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    defaultQuery: firstQuery,
    defaultHeaders: place.dataset.headers,
    defaultEditorToolsVisibility: place.dataset.headers ? "headers" : true,
    shouldPersistHeaders: false,
  }),
);
