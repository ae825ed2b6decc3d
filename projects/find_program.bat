@echo off
rem find_program.bat PROGRAM: sets FLEXUNET_PROGRAM to the program in the build tree, else on PATH.
rem The numbered .bat files of each project call it. Untested: FlexUNet is developed on Linux.
set "FLEXUNET_PROGRAM=%~dp0..\build\release\bin\%~1.exe"
if exist "%FLEXUNET_PROGRAM%" exit /b 0
set "FLEXUNET_PROGRAM=%~1.exe"
where /q "%FLEXUNET_PROGRAM%" && exit /b 0
echo %~1 is neither built (build\release\bin) nor on PATH. 1>&2
echo Build it: cmake --preset release, then cmake --build --preset release 1>&2
exit /b 2
