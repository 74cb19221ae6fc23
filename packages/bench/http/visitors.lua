-- wrk: each request is of the next of many visitors, whose Cookie headers are the lines of a file
local requests = {}
local turn = 0

function init()
  for cookie in io.lines(os.getenv('BENCH_COOKIES')) do
    requests[#requests + 1] = wrk.format('GET', nil, { Cookie = cookie })
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
