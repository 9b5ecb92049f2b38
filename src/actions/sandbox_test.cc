#include "actions/sandbox.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "actions/values.h"
#include "base/clock.h"

namespace parlance::actions {
namespace {

/// Keeps its objects in memory, ids from 1.
class FakeHost : public Host {
 public:
  Result<Object> create(std::string_view type, boost::json::object fields) override {
    Object object{std::string(type), static_cast<std::int64_t>(objects.size()) + 1, std::move(fields)};
    objects.push_back(object);
    return object;
  }
  Result<Object> update(std::string_view, std::int64_t id, boost::json::object fields) override {
    if (id < 1 || id > static_cast<std::int64_t>(objects.size()))
      return fail(Errc::not_found, "there is no such thing");
    objects[static_cast<std::size_t>(id) - 1].fields = std::move(fields);
    return objects[static_cast<std::size_t>(id) - 1];
  }
  Result<void> remove(std::string_view, std::int64_t) override { return fail(Errc::unavailable, "no database"); }
  Result<std::optional<Object>> get(std::string_view, std::int64_t id) override {
    if (id < 1 || id > static_cast<std::int64_t>(objects.size())) return std::nullopt;
    return objects[static_cast<std::size_t>(id) - 1];
  }
  Result<std::vector<Object>> query(std::string_view, boost::json::object const&, std::size_t limit) override {
    auto found = objects;
    if (found.size() > limit) found.resize(limit);
    return found;
  }
  Result<void> post(std::string_view text) override {
    posts.emplace_back(text);
    return {};
  }
  boost::json::object thread_info() override { return {{"id", 7}, {"relation_id", nullptr}}; }
  boost::json::object user_info() override { return {{"user_id", "anna"}}; }
  std::string now() override { return "2026-01-02T03:04:05Z"; }
  bool is_approved() override { return false; }

  std::vector<Object> objects;
  std::vector<std::string> posts;
};

Ending run(std::string_view code) {
  FakeHost host;
  auto ending = run_program(code, host);
  EXPECT_TRUE(ending) << ending.error().message;
  return ending ? *ending : Ending{.error = "?"};
}

/// What a program logs; its error where it fails.
std::string output(std::string_view code) {
  auto const ending = run(code);
  return ending.is_done() ? ending.log : "error: " + ending.error;
}

TEST(Sandbox, RunsLua) {
  EXPECT_EQ(output("local t = {} for i = 1, 3 do t[#t + 1] = i * i end log(table.concat(t, ','))"), "1,4,9\n");
  EXPECT_EQ(output("log(#arg)"), "error: action:1: attempt to get length of a nil value");
  EXPECT_EQ(output("log(pcall(error, {code = 1}))"), "false\ttable\n");
  EXPECT_EQ(output("log(select('#', table.unpack({1, 2, nil}, 1, 3)))"), "3\n");
  EXPECT_EQ(output("log(string.format('%5.2f|%s|%d|%q', 1.5, {}, 3, 'a'))"), " 1.50|table|3|\"a\"\n");
  EXPECT_EQ(output("log(('x'):rep(3, '-'), utf8.char(229), math.type(1))"), "x-x-x\tå\tinteger\n");
  EXPECT_EQ(output("local ok, why = pcall(function() error('no') end) log(why)"), "action:1: no\n");
}

TEST(Sandbox, SaysNothingOfTheCodeInItsErrors) {
  EXPECT_EQ(output("secret_name()"), "error: action:1: attempt to call a nil value");
  EXPECT_EQ(output("local secret = 1 secret.x = 2"), "error: action:1: attempt to index a number value");
  EXPECT_EQ(output("x = = secret"), "error: action:1: unexpected symbol");
  EXPECT_EQ(output("error('the invoice is paid')"), "error: action:1: the invoice is paid");
  EXPECT_EQ(output("error({})"), "error: it raised an error that is no text");
  EXPECT_EQ(output("error('\\255')"), "error: it raised an error that is no text");
}

TEST(Sandbox, HasNothingThatReachesOutOfIt) {
  for (auto const* name :
       {"os", "io", "require", "package", "debug", "load", "loadstring", "loadfile", "dofile", "collectgarbage",
        "coroutine", "xpcall", "warn", "string.dump", "string.pack", "math.random", "math.randomseed"}) {
    EXPECT_EQ(output(std::string("log(") + name + ")"), "nil\n") << name;
  }
  EXPECT_EQ(output("log(getmetatable(''))"), "false\n");
  EXPECT_EQ(output("log(_G.os, _ENV.io)"), "nil\tnil\n");
}

TEST(Sandbox, IsTheSameOnEveryRun) {
  constexpr auto kCode =
      "local t = {} for i = 1, 200 do t['key' .. i * 7919 % 1000] = i end t[true] = 1 t[2.5] = 2\n"
      "for k, v in pairs(t) do log(k, v) end log(tostring({}), tostring(print), next(t), now())\n"
      "log(json.encode(t.x or {b = 1, a = {1, 2, 3}, c = json.null}))";
  auto const first = output(kCode);
  EXPECT_EQ(first.find("error"), std::string::npos) << first.substr(0, 200);
  EXPECT_TRUE(first.starts_with("true\t1\n2.5\t2\n")) << first.substr(0, 100);
  EXPECT_NE(first.find("{\"a\":[1,2,3],\"b\":1,\"c\":null}"), std::string::npos);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(output(kCode), first);
}

TEST(Sandbox, WritesEqualNumbersAlike) {
  EXPECT_EQ(output("log(json.encode({200 / 2, 100, -0.0, 1.5, 0.1, 1e300, 2^53, 2^60, -7 // 2, 1e-7}))"),
            "[100,100,0,1.5,0.1,1e+300,9007199254740992,1152921504606846976,-4,1e-07]\n");
  EXPECT_EQ(output("local t = json.decode(json.encode({1 / 3, 2^60})) log(t[1] == 1 / 3, t[2] == 2^60)"),
            "true\ttrue\n");
}

TEST(Sandbox, ReachesItsHost) {
  FakeHost host;
  auto const ending = run_program(
      "local invoice = objects.create('invoice', {amount = 100, lines = {{text = 'a'}}})\n"
      "log(invoice.id, invoice.type, invoice.amount, invoice.fields.lines[1].text)\n"
      "objects.update('invoice', invoice.id, {amount = 200})\n"
      "log(objects.get('invoice', 1).amount, objects.get('invoice', 9), #objects.query('invoice', {}, {limit = 5}))\n"
      "log(pcall(objects.update, 'invoice', 9, {}))\n"
      "thread.post('done') log(thread.info().id, thread.info().relation_id == json.null, user.info().user_id)\n"
      "log(is_approved, json.decode('{\"a\":[1,2.5,null,\"x\"]}').a[2])",
      host);
  ASSERT_TRUE(ending);
  EXPECT_EQ(ending->error, "");
  EXPECT_EQ(ending->log, "1\tinvoice\t100\ta\n200\tnil\t1\nfalse\tthere is no such thing\n7\ttrue\tanna\nfalse\t2.5\n");
  EXPECT_EQ(host.posts, std::vector<std::string>{"done"});
}

TEST(Sandbox, EndsWithTheHostsOwnTrouble) {
  FakeHost host;
  auto const ending = run_program("pcall(objects.delete, 'invoice', 1)", host);
  ASSERT_FALSE(ending);
  EXPECT_EQ(ending.error().code, Errc::unavailable);
}

TEST(Sandbox, MatchesPatternsAsLuaDoes) {
  EXPECT_EQ(output("log(('hello world'):find('o w'), ('hello'):find('l+'), ('a.b'):find('.', 1, true))"),
            "5\t3\t2\t2\n");
  EXPECT_EQ(output("log(('key = value'):match('^(%w+)%s*=%s*(%w+)$'))"), "key\tvalue\n");
  EXPECT_EQ(output("for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do log(k, v) end"), "a\t1\nb\t2\n");
  EXPECT_EQ(output("log(('hello world'):gsub('o', '0'))"), "hell0 w0rld\t2\n");
  EXPECT_EQ(output("log(('abc'):gsub('%w', '%0%0'), ('abc'):gsub('', '-'))"), "aabbcc\t-a-b-c-\t4\n");
  EXPECT_EQ(output("log(('$name is $age'):gsub('%$(%w+)', {name = 'Bo', age = 3}))"), "Bo is 3\t2\n");
  EXPECT_EQ(output("log(('abc'):gsub('b', function(c) return c:upper() end))"), "aBc\t1\n");
  EXPECT_EQ(output("log(('THE (quick) fox'):find('%((%a+)%)'), ('f(a(b)c)d'):match('%b()'))"), "5\t(a(b)c)\n");
  EXPECT_EQ(output("log(('THE (quick) fox'):gsub('%f[%a]%a+', 'x'), ('aa'):match('(a)%1'), ('x'):match('()'))"),
            "x (x) x\ta\t1\n");
  EXPECT_EQ(output("log(('[[x]]'):match('%[%[(.-)%]%]'), ('a-b'):match('[a-]+'), (']'):match('[]]'))"), "x\ta-\t]\n");
  EXPECT_EQ(output("log(('ab'):find('()%1'), ('a\\0b'):find('%z'), ('f]'):match('[f-%]]'))"), "nil\t2\t]\n");
  EXPECT_EQ(output("log(('x'):find('[a'))"), "error: action:1: malformed pattern (missing ']')");
  EXPECT_EQ(output("log(('x'):rep(5):gsub('x', 'y', 2), (''):rep(1e15) == '')"), "yyxxx\ttrue\n");
}

struct Hostile {
  char const* name;
  char const* code;
};

Hostile const kHostile[] = {
    {"endless loop", "while true do end"},
    {"endless goto", "::a:: goto a"},
    {"endless numeric for", "for i = 1, math.huge do end"},
    {"loop that catches its end", "while true do pcall(function() while true do end end) end"},
    {"nested catching", "local function f() pcall(f) while true do pcall(error) end end while true do pcall(f) end"},
    {"endless recursion", "local function f() return 1 + f() end f()"},
    {"endless tail recursion", "local function f() return f() end f()"},
    {"recursion through pcall", "local function f() pcall(f) f() end f()"},
    {"recursion through metamethods",
     "local t t = setmetatable({}, {__index = function(_, k) return t[k] end}) x = t.a"},
    {"recursion through gsub", "local function f() return (('x'):gsub('x', f)) end f()"},
    {"recursion through sort", "local function f() table.sort({3, 2, 1}, f) return true end f() while true do end"},
    {"rep bomb", "x = ('x'):rep(1e9)"},
    {"rep bomb of nothing", "for i = 1, 1e9 do x = (''):rep(1e18) end"},
    {"rep bomb with separator", "x = ('x'):rep(1e8, ('y'):rep(1e6))"},
    {"rep in a loop that catches", "while true do pcall(string.rep, 'x', 1e7) end"},
    {"doubling", "local s = 'x' while true do s = s .. s end"},
    {"big copies", "local s = ('x'):rep(3e6) while true do local t = s .. 'y' end"},
    {"big comparisons", "local a, b = ('x'):rep(2e6), ('x'):rep(2e6) .. '' while true do local c = a < b end"},
    {"big table", "local t = {} for i = 1, 1e9 do t[i] = i end"},
    {"big table of tables", "local t = {} while true do t = {t, {}, {}, {}} end"},
    {"big table of closures", "local t = {} while true do t[#t + 1] = function() return t end end"},
    {"pattern of many stars", "('a'):rep(40):find(('a*'):rep(30) .. 'b')"},
    {"pattern of many lazies", "('a'):rep(3000):find(('.-'):rep(40) .. 'b')"},
    {"pattern of many optionals", "('a'):rep(60):find(('a?'):rep(60) .. ('a'):rep(60) .. 'b')"},
    {"pattern with back references", "('a'):rep(2e4):find('(.-)(.-)(.-)%1%2%3b')"},
    {"pattern of balances", "('('):rep(1e5):find('%b()%b()')  while true do (('('):rep(1e5)):find('%b()') end"},
    {"pattern too long", "('x'):find(('(x)'):rep(1e5))"},
    {"gmatch over and over", "while true do for w in ('x'):rep(1e4):gmatch('.-y') do end end"},
    {"gsub bomb", "local s = ('x'):rep(1e5) s:gsub('x', s)"},
    {"gsub with an endless function", "('x'):gsub('x', function() while true do end end)"},
    {"plain find of long in long", "while true do (('a'):rep(1e5)):find(('a'):rep(5e4) .. 'b', 1, true) end"},
    {"format bomb", "while true do string.format(('%99.99f'):rep(1000), 1) end"},
    {"concat of a table that looks endless",
     "table.concat(setmetatable({}, {__len = function() return 2^53 end, __index = type}))"},
    {"move in an endless table", "table.move(setmetatable({}, {__index = type, __newindex = rawequal}), 1, 2^53, 2)"},
    {"move of nothing", "table.move({}, 1, 2^53 | 0, 2)"},
    {"unpack too much", "table.unpack({}, 1, 1e8)"},
    {"unpack over and over",
     "local t = {} for i = 1, 1e5 do t[i] = i end while true do select('#', table.unpack(t)) end"},
    {"sort without end",
     "local t = {} for i = 1, 1e4 do t[i] = i end while true do table.sort(t, function() return true end) end"},
    {"insert in front", "local t = {} while true do table.insert(t, 1, 1) end"},
    {"finalizer", "setmetatable({}, {__gc = function() while true do end end})"},
    {"weak table", "setmetatable({}, {__mode = 'k'})"},
    {"closing without end",
     "local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end"},
    {"closing that raises",
     "for i = 1, 1e9 do local x <close> = setmetatable({}, {__close = function() error('x') end}) end"},
    {"error object that never ends", "error(setmetatable({}, {__tostring = function() while true do end end}))"},
    {"error object that lies", "error(setmetatable({}, {__name = 'x', __tostring = function() return {} end}))"},
    {"tostring without end", "log(setmetatable({}, {__tostring = function(t) return tostring(t) end}))"},
    {"equality without end",
     "local m = {__eq = function() while true do end end}"
     " x = setmetatable({}, m) == setmetatable({}, m)"},
    {"pairs over and over", "local t = {} for i = 1, 1e4 do t[i] = i end while true do pairs(t) end"},
    {"pairs of keys without order", "pairs({[{}] = 1, [{}] = 2})"},
    {"next over a big table", "local t = {} for i = 1, 1e5 do t[i] = i end local k while true do k = next(t, k) end"},
    {"json of a circle", "local t = {} t.t = t json.encode(t)"},
    {"json that doubles", "local t = {} for i = 1, 15 do t = {t, t, t, t, t, t} end json.encode(t)"},
    {"json nested deeply", "json.decode(('['):rep(1e5))"},
    {"json of a function", "json.encode({print})"},
    {"json of infinity", "json.encode(1 / 0)"},
    {"json of bytes", "json.encode('\\xff')"},
    {"objects of bytes", "objects.create('x', {a = '\\xff'})"},
    {"objects without end", "while true do objects.create('x', {}) end"},
    {"reading without end", "while true do objects.get('x', 1) end"},
    {"a type that is a table", "objects.create({}, {})"},
    {"bytecode", "\x1bLua"},
    {"bytecode by hand", "load('\\27Lua')()"},
    {"the strings' metatable", "getmetatable('').__index.rep = nil"},
    {"a protected metatable", "setmetatable(setmetatable({}, {__metatable = 1}), {})"},
    {"addresses", "log(string.format('%p', {}))"},
    {"code nested deeply", "x = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("},
    {"the globals taken away", "for k in pairs(_G) do _G[k] = nil end local x = _G.string"},
    {"many arguments",
     "local t = {} for i = 1, 1e5 do t[i] = 1 end local function f(...) return f(0, ...) end f(table.unpack(t))"},
    {"a log of many long texts",
     "local s, t = ('x'):rep(1e5), {} for i = 1, 1e4 do t[i] = s end while true do log(table.unpack(t)) end"},
    {"gsub bombs inside of each other",
     "local s = ('x'):rep(2e6) local function f() s:gsub('x$', f) end f() while true do f() end"},
    {"json of one long text many times",
     "local s, t = ('x'):rep(1e6), {} for i = 1, 100 do t[i] = s end json.encode(t)"},
    {"coroutines", "coroutine.wrap(function() while true do end end)()"},
    {"files", "io.open('/etc/passwd')"},
    {"commands", "os.execute('true')"},
    {"modules", "require('os')"},
    {"the debug library", "debug.sethook()"},
    {"another environment", "local _ENV = {} while true do x = 1 end"},
    {"division by zero", "log(1 // 0)"},
    {"an index that is none", "local t = {} t[0 / 0] = 1"},
    {"a cut at an odd place", "log(('å'):rep(1e4)) error(('å'):rep(250) .. '\xc3')"},
    {"many logs", "while true do log(('x'):rep(1e5)) end"},
    {"utf8 over and over", "local s = ('å'):rep(1e5) while true do utf8.len(s) end"},
    {"upper over and over", "local s = ('x'):rep(1e6) while true do s:upper() end"},
};

class SandboxHolds : public testing::TestWithParam<Hostile> {};

TEST_P(SandboxHolds, AProgramThatMeansHarm) {
  auto const started = monotonic_now();
  auto const ending = run(GetParam().code);
  EXPECT_FALSE(ending.is_done()) << GetParam().name;
  EXPECT_LE(ending.log.size(), Limits{}.log_bytes);
  EXPECT_LE(ending.error.size(), 500U);
  // Twice the limit of time, for busy machines: most end by their steps long before.
  EXPECT_LT(monotonic_now() - started, 5 * kSecond) << GetParam().name << ": " << ending.error;
}

INSTANTIATE_TEST_SUITE_P(Table, SandboxHolds, testing::ValuesIn(kHostile), [](auto const& info) {
  std::string name;
  for (char const c : std::string_view(info.param.name)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

}  // namespace
}  // namespace parlance::actions
