"""Installed plugins: found at the first look-up, and unable to take the program down."""

from __future__ import annotations

import pytest

GOOD = """
    from pygrad import hookimpl

    @hookimpl
    def register_functions(register):
        register("good", abs)
"""


def test_a_plugin_is_loaded_at_the_first_lookup_and_not_before(site):
    site.install("good", GOOD)
    site.run(
        """
        import sys
        import pygrad
        from pygrad import functions as F

        getattr(F, "__wrapped__", None)  # tools ask modules for such names: no reason to load
        assert "good" not in sys.modules and "pluggy" not in sys.modules
        assert F.good is abs
        assert pygrad.plugins.registry("functions").owner("good") == "good (good 1.0)"
        """
    )


BROKEN = {
    "raises": ("raise ValueError('no licence')", "ValueError: no licence ["),
    "exits": ("import sys; sys.exit('goodbye')", "it called sys.exit('goodbye') ["),
    "is no Python": ("def (", "SyntaxError: invalid syntax"),
    "lacks a dependency": ("import not_installed", "No module named 'not_installed' ["),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_plugin_that_fails_to_load_costs_one_warning(site, what):
    source, cause = BROKEN[what]
    site.install("broken", source, version="2.1")
    site.install("good", GOOD)
    done = site.run(
        """
        import pygrad
        from pygrad import functions as F

        assert F.good is abs
        assert not hasattr(F, "nope")
        pygrad.plugins.registry("commands").names()
        plugins = {plugin.name: plugin for plugin in pygrad.plugins.loaded_plugins()}
        assert plugins["broken"].status == "failed"
        assert plugins["good"].status == "loaded"
        print(plugins["broken"].error)
        """
    )
    assert done.stderr.count("PluginWarning") == 1
    assert "PluginWarning: plugin broken (broken 2.1): failed to load: " in done.stderr
    assert cause in done.stderr
    assert cause in done.stdout


def test_an_unknown_name_mentions_the_plugin_that_failed(site):
    site.install("broken", "raise ValueError('no licence')")
    done = site.run(
        """
        import warnings
        warnings.simplefilter("ignore")
        from pygrad import functions as F
        try:
            F.swish
        except AttributeError as error:
            print(error)
        """
    )
    assert "no function called 'swish'" in done.stdout
    assert "the plugin broken failed to load (ValueError: no licence" in done.stdout


def test_a_part_that_is_installed_and_fails_to_load_is_not_said_to_be_missing(site):
    part = site.folder / "parts" / "viz"
    part.mkdir(parents=True)
    (part / "__init__.py").write_text("")
    (part / "_plugin.py").write_text("raise ValueError('no licence')")
    done = site.run(
        f"""
        import pygrad, warnings
        warnings.simplefilter("ignore")
        pygrad.__path__.insert(0, {str(part.parent)!r})
        try:
            pygrad.plugins.registry("plotters").get("model")
        except pygrad.exceptions.UnknownNameError as error:
            print(error)
        """
    )
    assert "there is no plotter called 'model'" in done.stdout
    assert "the plugin viz failed to load (ValueError: no licence" in done.stdout
    assert "pip install" not in done.stdout


def test_an_entry_point_that_names_nothing(site):
    site.install("absent", "", entry_points="[pygrad]\nabsent = no_such_module\n")
    site.install("misnamed", "", entry_points="[pygrad]\nmisnamed = misnamed:plugin\n")
    done = site.run("from pygrad import functions as F; hasattr(F, 'x')")
    assert "plugin absent (absent 1.0): failed to load: ModuleNotFoundError: No mod" in done.stderr
    assert "plugin misnamed (misnamed 1.0): failed to load: AttributeError: " in done.stderr


@pytest.mark.parametrize("value", ["two words", ":attribute", "a..b", "", "a:b:c", "ä ö"])
def test_an_entry_point_that_is_malformed(site, value):
    site.install("malformed", "", entry_points=f"[pygrad]\nmalformed = {value}\n")
    site.install("good", GOOD)
    done = site.run("from pygrad import functions as F; assert F.good is abs")
    assert "plugin malformed (malformed 1.0): failed to load: " in done.stderr


def test_a_module_without_a_hook(site):
    site.install("hookless", "register_functions = 3")
    done = site.run("from pygrad import functions as F; hasattr(F, 'x')")
    assert "plugin hookless (hookless 1.0): has no hook; mark its functions" in done.stderr


def test_a_distribution_that_cannot_be_read_does_not_hide_the_others(site):
    site.install("unreadable", "", entry_points="[pygrad]\nno equals sign\n")
    site.install("good", GOOD)
    done = site.run(
        """
        from pygrad import functions as F, plugins
        assert F.good is abs
        assert "info" in plugins.registry("commands").names()
        """
    )
    assert "of the distribution unreadable: its entry_points.txt cannot be read" in done.stderr


def test_a_distribution_without_metadata(site):
    site.install("good", GOOD)
    (site.folder / "good-1.0.dist-info" / "METADATA").unlink()
    site.run(
        """
        from pygrad import functions as F, plugins
        assert F.good is abs
        assert plugins.registry("functions").owner("good") == "good (unknown distribution)"
        """
    )


def test_one_module_under_two_names_is_loaded_once(site):
    site.install("good", GOOD, entry_points="[pygrad]\none = good\ntwo = good\n")
    done = site.run("from pygrad import functions as F; assert F.good is abs")
    assert "plugin two (good 1.0): failed to load: PluginError: good is loaded" in done.stderr
    assert "already, as one (good 1.0)" in done.stderr


def test_a_name_offered_by_two_distributions_names_both(site):
    site.install("good", GOOD)
    site.install("better", GOOD, version="3.0")
    done = site.run(
        """
        from pygrad import functions as F
        from pygrad.exceptions import DuplicateNameError
        try:
            F.good
        except DuplicateNameError as error:
            print(error)
        """
    )
    assert "'good' is offered by better (better 3.0) and by good (good 1.0)" in done.stdout


def test_a_misspelt_hook_names_the_right_one(site):
    site.install("typo", GOOD.replace("register_functions", "register_function"))
    done = site.run("from pygrad import functions as F; hasattr(F, 'x')")
    assert done.stderr.count("PluginWarning") == 1
    assert "plugin typo (typo 1.0): there is no hook register_function; " in done.stderr
    assert "did you mean register_functions?" in done.stderr


class TestThePluginsThatAreWanted:
    program = """
        import pygrad
        print([plugin.name for plugin in pygrad.plugins.loaded_plugins() if plugin.hooks])
        print([p.name for p in pygrad.plugins.loaded_plugins() if p.status == "disabled"])
        """

    @pytest.fixture
    def ab(self, site):
        site.install("plugin-a", GOOD)
        site.install("plugin-b", GOOD)
        return site

    @pytest.mark.parametrize(
        ("wanted", "loaded"),
        [("plugin_a", "a"), (" plugin_b ,", "b"), ("plugin_a,plugin_b", "ab"), ("", "")],
    )
    def test_only_those_load(self, ab, wanted, loaded):
        done = ab.run(self.program, PYGRAD_PLUGINS=wanted)
        first, second = done.stdout.splitlines()
        for letter in "ab":
            assert (f"'plugin_{letter}'" in first) is (letter in loaded)
            assert (f"'plugin_{letter}'" in second) is (letter not in loaded)
        assert "'core'" in first  # PyGrad's own always load
        assert done.stderr == ""

    def test_without_the_variable_all_load(self, ab):
        first, second = ab.run(self.program).stdout.splitlines()
        assert "'plugin_a', 'plugin_b'" in first
        assert second == "[]"

    def test_a_plugin_that_is_kept_out_is_not_even_imported(self, ab):
        ab.run(
            """
            import sys
            from pygrad import functions as F
            assert not hasattr(F, "good")
            assert "plugin_a" not in sys.modules
            """,
            PYGRAD_PLUGINS="",
        )

    def test_an_unknown_name_mentions_what_is_kept_out(self, ab):
        done = ab.run(
            """
            from pygrad import functions as F
            try:
                F.good
            except AttributeError as error:
                print(error)
            """,
            PYGRAD_PLUGINS="",
        )
        assert "PYGRAD_PLUGINS keeps out: plugin_a, plugin_b" in done.stdout

    def test_a_name_that_is_not_installed_costs_a_warning(self, ab):
        done = ab.run(self.program, PYGRAD_PLUGINS="plugin_a,plugin_c")
        assert "plugin plugin_c: PYGRAD_PLUGINS names it, but it is not installed" in done.stderr


class TestLookingUpNamesOnImport:
    """A plugin that looks up names while plugins load must neither deadlock nor recurse."""

    NOSY = """
        from pygrad import functions as F, hookimpl

        relu = F.relu
        absent = getattr(F, "not_there_yet", None)

        @hookimpl
        def register_functions(register):
            register("nosy", relu)
        """

    def test_during_the_first_lookup(self, site):
        site.install("nosy", self.NOSY)
        site.run("from pygrad import functions as F; assert F.nosy is F.relu")

    def test_when_the_plugin_itself_is_imported_first(self, site):
        # the look-up on import finds this very plugin half imported: what it finds must not stick
        site.install("nosy", self.NOSY)
        done = site.run(
            """
            import nosy
            from pygrad import functions as F, plugins

            assert nosy.absent is None
            assert F.nosy is F.relu
            assert [p.status for p in plugins.loaded_plugins() if p.name == "nosy"] == ["loaded"]
            """
        )
        assert done.stderr == ""

    def test_an_object_of_a_half_imported_module(self, site):
        site.install(
            "nosy",
            self.NOSY + "\n        import sys; plugin = sys.modules[__name__]\n",
            entry_points="[pygrad]\nnosy = nosy:plugin\n",
        )
        done = site.run("import nosy; from pygrad import functions as F; assert F.nosy is F.relu")
        assert done.stderr == ""

    def test_PyGrads_own_names_are_there_already(self, site):
        site.install(
            "nosy",
            """
            from pygrad import hookimpl, plugins

            info = plugins.registry("commands").get("info")

            @hookimpl
            def register_functions(register):
                register("nosy", info.run)
            """,
        )
        done = site.run("from pygrad import functions as F; F.nosy")
        assert done.stderr == ""

    def test_a_name_that_is_not_there_yet_says_so(self, site):
        site.install(
            "nosy",
            """
            from pygrad import functions as F, hookimpl
            F.good
            """,
        )
        site.install("zgood", GOOD)
        done = site.run("from pygrad import functions as F; assert F.good is abs")
        assert "plugin nosy (nosy 1.0): failed to load: AttributeError: " in done.stderr
        assert "plugins are still being loaded: look it up inside a function" in done.stderr


class TestThreads:
    def test_many_at_once_see_the_same_things(self, site):
        site.install(
            "slow",
            """
            import time
            from pygrad import hookimpl

            time.sleep(0.2)

            @hookimpl
            def register_functions(register):
                time.sleep(0.1)
                register("fresh", lambda: None)  # a new object for each call of the hook
                register("no good", abs)
            """,
        )
        done = site.run(
            """
            import threading, warnings
            from concurrent.futures import ThreadPoolExecutor
            from pygrad import functions as F

            warnings.simplefilter("always")
            barrier = threading.Barrier(8)

            def look_up(_):
                barrier.wait()
                return F.fresh

            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(look_up, range(8)))
            assert len(set(found)) == 1, found
            assert F.fresh is found[0]
            """
        )
        assert done.stderr.count("PluginWarning") == 1

    def test_one_that_imports_a_plugin_while_another_looks_up(self, site):
        # with a lock held while plugins load, each would wait for what the other holds
        site.install(
            "meeting",
            """
            import time
            from pygrad import functions as F, hookimpl

            time.sleep(0.3)
            hasattr(F, "anything")

            @hookimpl
            def register_functions(register):
                register("met", abs)
            """,
        )
        site.run(
            """
            import importlib, threading, time
            from pygrad import functions as F

            found = {}

            def run(name, function, argument):
                found[name] = function(argument)

            importing = threading.Thread(
                target=run, args=("module", importlib.import_module, "meeting"), daemon=True
            )
            looking_up = threading.Thread(
                target=run, args=("function", F.get, "met"), daemon=True
            )
            importing.start()
            time.sleep(0.1)
            looking_up.start()
            importing.join(20)
            looking_up.join(20)
            assert set(found) == {"module", "function"}, "deadlock"
            assert found["function"] is F.met is abs
            """
        )
