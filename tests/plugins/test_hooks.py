"""What plugins may do in their hooks, and what becomes of those that do wrong."""

from __future__ import annotations

import sys
import types
import warnings

import pytest

import pygrad
from pygrad import functions as F
from pygrad import hookimpl
from pygrad.exceptions import (
    DuplicateNameError,
    MissingPluginError,
    PluginError,
    PyGradError,
    UnknownNameError,
)
from pygrad.plugins import PluginWarning, registry


def test_a_registered_function_is_an_attribute_of_F(add):
    class Cubes:
        @hookimpl
        def register_functions(self, register):
            register("cube", lambda x: x * x * x)

    assert not hasattr(F, "cube")
    add(Cubes(), "cubes")
    x = pygrad.Variable(2.0)
    F.cube(x).backward()
    assert x.grad.item() == 12
    assert registry("functions").owner("cube") == "cubes (registered by hand)"


def test_a_plugin_is_gone_once_it_is_unregistered():
    class Plugin:
        @hookimpl
        def register_functions(self, register):
            register("passing", abs)

    plugin = Plugin()
    pygrad.plugins.register(plugin)
    assert F.passing is abs
    pygrad.plugins.unregister(plugin)
    assert not hasattr(F, "passing")


def test_a_hook_may_leave_out_the_argument(add):
    calls = []

    class Curious:
        @hookimpl
        def register_functions(self):
            calls.append("called")

    add(Curious(), "curious")
    assert "relu" in registry("functions").names()
    assert calls == ["called"]


def test_hooks_are_called_once_for_many_lookups(add):
    calls = []

    class Counting:
        @hookimpl
        def register_functions(self, register):
            calls.append("called")
            register("counted", abs)

    add(Counting(), "counting")
    for _ in range(3):
        assert F.counted is abs
        registry("functions").names()
    assert calls == ["called"]


def test_a_registry_is_one_object_for_each_kind():
    assert registry("layers") is registry("layers")
    assert registry("layers") is not registry("losses")


class TestUnknownNames:
    def test_the_message_says_what_is_near_and_what_is_known(self):
        with pytest.raises(UnknownNameError) as caught:
            registry("commands").get("imfo")
        text = str(caught.value)
        assert text.startswith("commands: there is no command called 'imfo'; did you mean 'info'?")
        assert "known are demo, info, plugins" in text

    def test_capitals_do_not_hide_what_is_near(self):
        with pytest.raises(UnknownNameError, match="did you mean 'info'"):
            registry("commands").get("INFO")

    def test_a_long_list_is_cut(self):
        with pytest.raises(UnknownNameError, match=r"known are abs, absolute, .* and \d+ more\)?$"):
            registry("functions").get("nothing_of_the_kind")

    def test_in_F_it_is_an_attribute_error_with_the_same_message(self):
        with pytest.raises(AttributeError, match="no function called 'rleu'; did you mean 'relu'"):
            F.rleu
        assert getattr(F, "rleu", None) is None

    def test_a_name_that_is_no_text_is_unknown(self):
        with pytest.raises(UnknownNameError, match="no command called 3"):
            registry("commands").get(3)

    def test_owner_refuses_it_as_well(self):
        with pytest.raises(UnknownNameError, match="no command called 'nope'"):
            registry("commands").owner("nope")

    def test_a_kind_that_nobody_declares_is_told_apart(self):
        with pytest.raises(UnknownNameError, match="no kind of thing called 'function'.*'function"):
            registry("function").get("relu")

    def test_it_is_a_lookup_error(self):
        with pytest.raises(LookupError):
            registry("commands").get("nope")


class TestDuplicates:
    @pytest.fixture
    def two_gelus(self, add):
        def plugin(*names):
            class Plugin:
                @hookimpl
                def register_functions(self, register):
                    for name in names:
                        register(name, lambda x: x)

            return Plugin()

        add(plugin("gelu_a", "gelu_twice"), "first")
        add(plugin("gelu_b", "gelu_twice"), "second")

    def test_asking_for_the_name_names_both_owners(self, two_gelus):
        with pytest.raises(DuplicateNameError) as caught:
            registry("functions").get("gelu_twice")
        text = str(caught.value)
        assert "'gelu_twice' is offered by first (registered by hand)" in text
        assert "and by second (registered by hand)" in text

    def test_F_does_not_hide_it_as_a_missing_attribute(self, two_gelus):
        with pytest.raises(DuplicateNameError):
            hasattr(F, "gelu_twice")

    def test_every_other_name_works(self, two_gelus):
        assert F.gelu_a(1) == F.gelu_b(1) == 1
        assert F.relu(-1.0).item() == 0

    def test_names_and_owner_still_know_it(self, two_gelus):
        assert "gelu_twice" in registry("functions").names()
        assert registry("functions").owner("gelu_twice") == (
            "first (registered by hand) and second (registered by hand)"
        )

    def test_the_same_thing_twice_by_one_plugin_is_no_duplicate(self, add):
        class Stammering:
            @hookimpl
            def register_functions(self, register):
                register("stammer", abs)
                register("stammer", abs)

        add(Stammering(), "stammering")
        assert F.stammer is abs

    def test_two_things_by_one_plugin_are(self, add):
        class Undecided:
            @hookimpl
            def register_functions(self, register):
                register("undecided", abs)
                register("undecided", max)

        add(Undecided(), "undecided")
        with pytest.raises(DuplicateNameError, match="undecided .* and by undecided "):
            F.undecided

    def test_a_built_in_function_stays_PyGrads(self, add):
        class Usurper:
            @hookimpl
            def register_functions(self, register):
                register("relu", abs)

        relu = F.relu
        add(Usurper(), "usurper")
        assert F.relu is relu
        with pytest.raises(DuplicateNameError, match=r"core \(pygrad-core .*usurper"):
            registry("functions").get("relu")


class TestBadRegistrations:
    @pytest.mark.parametrize(
        ("name", "fault"),
        [
            (3, "a name must be a str, not int"),
            (None, "a name must be a str, not NoneType"),
            ("", "must be a Python identifier"),
            ("_private", "without a leading underscore"),
            ("two words", "must be a Python identifier"),
            ("lambda", "must be a Python identifier"),
            ("7th", "must be a Python identifier"),
        ],
    )
    def test_a_bad_name_costs_a_warning_and_nothing_else(self, add, name, fault):
        class Careless:
            @hookimpl
            def register_functions(self, register):
                register(name, abs)
                register("fine", abs)

        add(Careless(), "careless")
        with pytest.warns(PluginWarning, match="careless") as caught:
            assert F.fine is abs
        assert len(caught) == 1
        assert f"register_functions cannot register {name!r}: " in str(caught[0].message)
        assert fault in str(caught[0].message)
        assert name not in registry("functions").names()

    def test_nothing_cannot_be_registered(self, add):
        class Empty:
            @hookimpl
            def register_functions(self, register):
                register("nothing", None)

        add(Empty(), "empty")
        with pytest.warns(PluginWarning, match="cannot register 'nothing': the thing is None"):
            assert not hasattr(F, "nothing")

    def test_registering_after_the_hook_has_returned_is_an_error(self, add):
        kept = []

        class Late:
            @hookimpl
            def register_functions(self, register):
                kept.append(register)

        add(Late(), "late")
        registry("functions").names()
        with pytest.raises(PluginError, match=r"register\('late', ...\) was called after the hook"):
            kept[0]("late", abs)


class TestFailingHooks:
    def test_it_costs_one_warning_and_the_others_go_on(self, add):
        class Broken:
            @hookimpl
            def register_functions(self, register):
                register("before", abs)
                raise RuntimeError("no luck\ntoday")

            @hookimpl
            def register_commands(self, register):
                register("broken", types.SimpleNamespace())

        class Sound:
            @hookimpl
            def register_functions(self, register):
                register("sound", abs)

        add(Broken(), "broken")
        add(Sound(), "sound")
        with pytest.warns(PluginWarning) as caught:
            assert F.sound is abs
        (warning,) = caught
        text = str(warning.message)
        assert text.startswith("plugin broken (registered by hand): register_functions failed: ")
        assert "RuntimeError: no luck today" in text
        assert f"[{__file__}:" in text
        assert F.before is abs  # what it registered before is whole, so it stays
        assert "(it keeps before)" in text
        assert "broken" in registry("commands").names()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert F.sound is abs

    def test_leaving_the_program_is_a_failure_like_any_other(self, add):
        class Quitter:
            @hookimpl
            def register_functions(self, register):
                sys.exit(3)

        add(Quitter(), "quitter")
        with pytest.warns(PluginWarning, match=r"quitter .* failed: it called sys.exit\(3\)"):
            assert not hasattr(F, "anything")

    def test_control_c_is_the_users_and_passes_through(self, add):
        presses = [KeyboardInterrupt]

        class Slow:
            @hookimpl
            def register_functions(self, register):
                if presses:
                    raise presses.pop()
                register("slow", abs)

        add(Slow(), "slow")
        with pytest.raises(KeyboardInterrupt):
            F.slow
        assert F.slow is abs  # nothing was left half done

    def test_an_argument_that_the_hook_does_not_offer(self, add):
        class Odd:
            @hookimpl
            def register_functions(self, registry, version):
                pass

        add(Odd(), "odd")
        with pytest.warns(PluginWarning, match="it takes registry, version, but .* is: register"):
            assert not hasattr(F, "anything")

    @pytest.mark.parametrize("result", [{"swish": abs}, (name for name in "x")])
    def test_a_result_is_lost_and_that_is_said(self, add, result):
        class Returning:
            @hookimpl
            def register_functions(self, register):
                return result

        add(Returning(), "returning")
        with pytest.warns(PluginWarning, match="returned a (dict|generator), which is lost"):
            assert not hasattr(F, "anything")

    def test_a_warning_made_an_error_leaves_the_registry_in_order(self, add):
        class Careless:
            @hookimpl
            def register_functions(self, register):
                register("good", abs)
                register("not good", abs)

        add(Careless(), "careless")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(PluginWarning):
                F.good
            assert F.good is abs

    def test_a_plugin_that_is_registered_again_is_heard_again(self, add):
        class Careless:
            @hookimpl
            def register_functions(self, register):
                register("not good", abs)

        for _ in range(2):
            plugin = Careless()
            pygrad.plugins.register(plugin)
            with pytest.warns(PluginWarning, match="not good"):
                registry("functions").names()
            pygrad.plugins.unregister(plugin)


class TestLookingUpNamesInsideAHook:
    def test_of_another_kind_works(self, add):
        class Building:
            @hookimpl
            def register_commands(self, register):
                register("built", F.double)

            @hookimpl
            def register_functions(self, register):
                register("double", lambda x: x + x)

        add(Building(), "building")
        assert registry("commands").get("built")(2) == 4

    def test_of_the_same_kind_sees_what_is_there_so_far_and_does_not_recurse(self, add):
        seen = []

        class Nosy:
            @hookimpl
            def register_functions(self, register):
                register("first_of_two", abs)
                seen.append(F.first_of_two)
                seen.append(hasattr(F, "second_of_two"))
                register("second_of_two", abs)

        add(Nosy(), "nosy")
        assert F.second_of_two is abs
        assert seen == [abs, False]

    def test_in_a_circle_ends(self, add):
        class Circle:
            @hookimpl
            def register_functions(self, register):
                registry("commands").names()
                register("rotund", abs)

            @hookimpl
            def register_commands(self, register):
                registry("functions").names()
                register("circle", types.SimpleNamespace())

        add(Circle(), "circle")
        assert F.rotund is abs
        assert "circle" in registry("commands").names()
        assert "rotund" in registry("functions").names()

    def test_what_rests_on_half_a_collection_is_collected_again(self, add):
        class Dependent:
            @hookimpl
            def register_functions(self, register):
                registry("commands").names()
                register("later", abs)

            @hookimpl
            def register_commands(self, register):
                if hasattr(F, "later"):
                    register("dependent", types.SimpleNamespace())

        add(Dependent(), "dependent")
        assert F.later is abs
        assert "dependent" in registry("commands").names()


class TestSlips:
    def test_a_misspelt_hook_costs_a_warning_with_the_right_name(self, add):
        class Typo:
            @hookimpl
            def register_fuctions(self, register):
                register("typo", abs)

        add(Typo(), "typo")
        with pytest.warns(PluginWarning) as caught:
            registry("functions").names()
            registry("commands").names()
        (warning,) = caught
        assert str(warning.message) == (
            "plugin typo (registered by hand): there is no hook register_fuctions; "
            "did you mean register_functions?"
        )

    def test_a_hook_of_a_part_that_may_be_missing_is_no_slip(self, add):
        class Broad:
            @hookimpl
            def register_layers(self, register): ...

            @hookimpl
            def register_losses(self, register): ...

            @hookimpl
            def register_plotters(self, register): ...

            @hookimpl
            def register_rain_gauges(self, register): ...

        add(Broad(), "broad")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            registry("functions").names()

    def test_a_hook_without_the_mark_costs_a_warning(self, add):
        class Unmarked:
            @hookimpl
            def register_commands(self, register): ...

            def register_functions(self, register):
                register("unmarked", abs)

        add(Unmarked(), "unmarked")
        with pytest.warns(PluginWarning, match="register_functions is not marked.*put @hookimpl"):
            assert not hasattr(F, "unmarked")


class TestHooksOfOnesOwn:
    def page(self):
        page = types.ModuleType("reports_hookspecs")

        def register_reports(register):
            """Offer reports."""

        page.register_reports = register_reports
        return page

    def test_a_plugin_can_add_a_kind(self, add):
        page = self.page()

        class Reports:
            @hookimpl
            def register_hookspecs(self, register):
                register("reports", page)

        class Accuracy:
            @hookimpl
            def register_reports(self, register):
                register("accuracy", abs)

        assert "reports" not in pygrad.plugins.kinds()
        add(Reports(), "reports")
        add(Accuracy(), "accuracy")
        assert "reports" in pygrad.plugins.kinds()
        assert registry("reports").get("accuracy") is abs
        with pytest.raises(UnknownNameError, match="no report called 'acuracy'.*'accuracy'"):
            registry("reports").get("acuracy")

    def test_a_page_must_be_a_module(self, add):
        class Reports:
            @hookimpl
            def register_hookspecs(self, register):
                register("reports", {"register_reports": None})

        add(Reports(), "reports")
        with pytest.warns(PluginWarning, match="cannot register 'reports': a page .* is a module"):
            assert "reports" not in pygrad.plugins.kinds()


class TestRegisteringByHand:
    def test_a_module_will_do(self, add):
        module = types.ModuleType("my_plugin")
        exec(
            "from pygrad import hookimpl\n"
            "@hookimpl\n"
            "def register_functions(register):\n"
            "    register('from_module', abs)\n",
            vars(module),
        )
        pygrad.plugins.register(module)
        try:
            assert registry("functions").owner("from_module") == "my_plugin (registered by hand)"
        finally:
            pygrad.plugins.unregister("my_plugin")

    def test_a_name_is_taken_once(self, add):
        class Plugin:
            @hookimpl
            def register_functions(self, register): ...

        add(Plugin(), "taken")
        with pytest.raises(PluginError, match=r"'taken' is registered already.*unregister\('tak"):
            pygrad.plugins.register(Plugin(), "taken")

    def test_a_plugin_without_a_hook_is_refused(self):
        with pytest.raises(PluginError, match="SimpleNamespace has no hook; mark its functions"):
            pygrad.plugins.register(types.SimpleNamespace(register_functions=lambda register: 0))

    def test_unregistering_a_stranger_is_refused(self):
        with pytest.raises(PluginError, match="'core' was not registered by hand; what was: none"):
            pygrad.plugins.unregister("core")

    def test_it_is_listed_with_the_others(self, add):
        class Plugin:
            @hookimpl
            def register_functions(self, register): ...

        add(Plugin(), "mine")
        *_, last = pygrad.plugins.loaded_plugins()
        assert (last.name, last.distribution, last.status) == ("mine", "", "loaded")
        assert list(last.hooks) == ["register_functions"]


def test_plugin_errors_are_pygrad_errors():
    assert issubclass(UnknownNameError, PyGradError)
    assert issubclass(MissingPluginError, ModuleNotFoundError)
