-- Posts the bodies of a file, one a line, in turn; the header lines before the first empty line go with each.
-- wrk … -s load.lua URL -- FILE

local requests, turn = {}, 0

function init(arguments)
  local headers, in_headers = {}, true
  for line in io.lines(arguments[1]) do
    if in_headers and line == "" then
      in_headers = false
    elseif in_headers then
      local name, value = line:match("^(.-): (.*)$")
      headers[name] = value
    else
      requests[#requests + 1] = wrk.format("POST", nil, headers, line)
    end
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency, _)
  local failed = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
